package dev.braid.benchmarks.serve;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A replica of the models of a topic, in a process of its own. */
final class ApartReplica implements AutoCloseable {
  /** JVM options that the launcher gives to {@code ./braid serve}. */
  private static final String OPTIONS = "braid.serve-options";

  private static final Pattern VERSION = Pattern.compile("\"model_version\":(\\d+)");

  private final BraidChild process;
  private final URI address;

  /**
   * @param said file for what it says
   */
  ApartReplica(final Path said, final String bootstrapServers, final String topic)
      throws IOException, InterruptedException {
    final List<String> options = new ArrayList<>(List.of("-Xmx512m"));
    for (final String option : System.getProperty(OPTIONS, "").split(" ")) {
      if (!option.isEmpty()) {
        options.add(option);
      }
    }
    process =
        BraidChild.start(
            said,
            options,
            List.of(
                "serve",
                "--port",
                "0",
                "--bootstrap-servers",
                bootstrapServers,
                "--models-topic",
                topic));
    address = URI.create(process.awaitSaid("serving at (http://\\S+)"));
  }

  /** Where it answers. */
  URI address() {
    return address;
  }

  /** Waits until its model has learned from so many labels. */
  void awaitLearned(final int labels) throws IOException, InterruptedException {
    final HttpClient client = HttpClient.newHttpClient();
    final HttpRequest models = HttpRequest.newBuilder(address.resolve("/models")).build();
    String body = "";
    for (int tries = 0; tries < 1_800; tries++) {
      body = client.send(models, HttpResponse.BodyHandlers.ofString()).body();
      final Matcher version = VERSION.matcher(body);
      if (version.find() && Integer.parseInt(version.group(1)) >= labels) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException("the replica's model has not learned them in three minutes: " + body);
  }

  @Override
  public void close() {
    process.close();
  }
}
