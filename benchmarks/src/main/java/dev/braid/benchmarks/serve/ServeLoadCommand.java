package dev.braid.benchmarks.serve;

import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how long {@code ./braid serve} takes to answer while its model changes. */
@Command(
    name = "serve-load",
    sortOptions = false,
    description = {
      "Asks a replica for predictions of one row each, at a steady rate, and prints how long answers"
          + " took, counted from when a request was to be sent, as a Markdown table.",
      "Without --address it starts, in processes of their own, a broker, a job that learns and"
          + " publishes its model each second, and the replica."
    })
public final class ServeLoadCommand implements BraidCommand {
  private static final int ROWS = 1_000;
  private static final int WARM_UP_SECONDS = 15;
  private static final Pattern LEARNED = Pattern.compile("\"model_version\":(\\d+)");

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "A replica that is up, as http://127.0.0.1:8421; needs --rows.")
  private URI address;

  @Option(
      names = "--rows",
      paramLabel = "FILE",
      description = "With --address: what to ask, a JSON object a line, taken round and round.")
  private Path rows;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description =
          "How long, behind " + WARM_UP_SECONDS + " s of warming. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "16",
      description = "Connections that stay open. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "braid",
      description = "Without --address: preset of the job. Default: ${DEFAULT-VALUE}.")
  private String preset;

  @Option(
      names = "--learned",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Without --address: events learned before. Default: ${DEFAULT-VALUE}.")
  private int learned;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Without --address: events a second that the job learns meanwhile. Default:"
              + " ${DEFAULT-VALUE}.")
  private int events;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/serve-load",
      description = "Folder of state and logs; the state is deleted. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (rate < 1 || seconds < 1 || connections < 1 || learned < 1 || events < 1) {
      throw new UsageException(
          "--rate, --seconds, --connections, --learned and --events take 1 or more.");
    }
    if ((address == null) != (rows == null)) {
      throw new UsageException("--address and --rows go together.");
    }
    if (address != null) {
      return measure(address, Files.readAllLines(rows));
    }
    try (OutFolder folder = OutFolder.of(out)) {
      final Path state = folder.path().resolve("job");
      try (ServedJob job = new ServedJob(folder.path(), preset, learned, events)) {
        awaitLearned(job.address());
        job.goOn(learned);
        return measure(
            URI.create(job.address()),
            IntStream.range(0, ROWS)
                .mapToObj(i -> ServedJob.row(1_000_000 + i, false).toString())
                .toList());
      } finally {
        FileUtils.deleteDirectoryQuietly(state.toFile());
      }
    }
  }

  private void awaitLearned(final String server) throws IOException, InterruptedException {
    final HttpClient client = HttpClient.newHttpClient();
    final HttpRequest models = HttpRequest.newBuilder(URI.create(server + "/models")).build();
    String body = "";
    for (int tries = 0; tries < 1_800; tries++) {
      body = client.send(models, HttpResponse.BodyHandlers.ofString()).body();
      final Matcher version = LEARNED.matcher(body);
      if (version.find() && Integer.parseInt(version.group(1)) >= learned) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException("the replica's model has not learned them in three minutes: " + body);
  }

  private int measure(final URI server, final List<String> bodies) throws IOException {
    final byte[][] requests =
        bodies.stream().map(body -> request(server, body)).toArray(byte[][]::new);
    try (OpenLoop load =
        new OpenLoop(
            new InetSocketAddress(server.getHost(), server.getPort()), connections, requests)) {
      load.run(rate, WARM_UP_SECONDS);
      final LoadFigures figures = load.run(rate, seconds);
      final PrintWriter terminal = spec.commandLine().getOut();
      terminal.println(LoadFigures.head());
      terminal.println(figures.row(rate));
      terminal.flush();
      return figures.failures() == 0 ? 0 : 1;
    }
  }

  private static byte[] request(final URI server, final String body) {
    final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    final String head =
        "POST /predict HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }
}
