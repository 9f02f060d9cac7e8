package dev.braid.jobs.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.jobs.cli.BraidCommandLine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./braid serve} as a process of its own. */
final class Replica implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ADDRESS = Pattern.compile("serving at (http://\\S+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final JavaProcess process;
  private final String address;

  private Replica(final JavaProcess process, final String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * @param log of this replica alone
   */
  static Replica start(final Path log, final KafkaCluster kafka, final String topic)
      throws Exception {
    final List<String> arguments = new ArrayList<>(List.of("-Xmx256m"));
    arguments.addAll(ClusterRig.SMALL);
    arguments.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BraidCommandLine.class.getName(),
            "serve",
            "--port",
            "0",
            "--bootstrap-servers",
            kafka.bootstrapServers(),
            "--models-topic",
            topic));
    final JavaProcess process = JavaProcess.start(log, Map.of(), arguments);
    for (int tries = 0; tries < 600 && process.alive(); tries++) {
      final Matcher said = ADDRESS.matcher(process.output());
      if (said.find()) {
        return new Replica(process, said.group(1));
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the replica does not serve: " + process.output());
  }

  private String send(final HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  /** What it answers to a row. */
  String predict(final String row) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(address + "/predict"))
            .POST(HttpRequest.BodyPublishers.ofString(row)));
  }

  /** Waits until its models together have learned from so many labels or more. */
  void awaitLabels(final int labels) throws Exception {
    String said = "";
    for (int tries = 0; tries < 1_800; tries++) {
      said = send(HttpRequest.newBuilder(URI.create(address + "/models")));
      int learned = 0;
      for (final JsonNode model : JSON.readTree(said).path("models")) {
        learned += model.path("model_version").asInt();
      }
      if (learned >= labels) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("its models have not learned from " + labels + " labels: " + said);
  }

  /** As {@code kill -9}. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.kill();
  }
}
