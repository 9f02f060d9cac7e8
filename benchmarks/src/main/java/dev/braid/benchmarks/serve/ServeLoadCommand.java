package dev.braid.benchmarks.serve;

import dev.braid.benchmarks.entries.ApartBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
          + " publishes its model each second, a replica and the client, and measures twice: with the"
          + " job beside the others on this machine, and after its end with a new replica, while what"
          + " it published is published again, a checkpoint a second."
    })
public final class ServeLoadCommand implements BraidCommand {
  private static final int ROWS = 1_000;
  private static final int WARM_UP_SECONDS = 15;

  /** Where the models are published again. */
  private static final String AGAIN = ServedJob.MODELS + "-again";

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

  private Path asked;

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
    final PrintWriter terminal = spec.commandLine().getOut();
    try (OutFolder folder = OutFolder.of(out);
        ApartBroker broker = ApartBroker.start()) {
      asked = folder.path().resolve("rows.jsonl");
      Files.write(
          asked,
          IntStream.range(0, ROWS)
              .mapToObj(i -> ServedJob.row(1_000_000 + i, false).toString())
              .toList());
      final KafkaCluster cluster = KafkaCluster.at(broker.bootstrapServers());
      terminal.println(LoadFigures.head("job | "));
      terminal.flush();
      int failed = 0;
      try (ServedJob job = new ServedJob(cluster, folder.path(), preset, events);
          ApartReplica replica = replica(folder, "replica", cluster, ServedJob.MODELS)) {
        job.learn(learned);
        replica.awaitLearned(learned);
        job.goOn();
        failed += load(folder, "beside", replica);
      } finally {
        FileUtils.deleteDirectoryQuietly(folder.path().resolve("job").toFile());
      }
      try (Replay replay = new Replay(cluster, ServedJob.MODELS, AGAIN, WARM_UP_SECONDS + seconds);
          ApartReplica replica = replica(folder, "replica-again", cluster, AGAIN)) {
        replica.awaitLearned(learned);
        replay.start();
        failed += load(folder, "elsewhere", replica);
      }
      return failed == 0 ? 0 : 1;
    }
  }

  private static ApartReplica replica(
      final OutFolder folder, final String name, final KafkaCluster cluster, final String topic)
      throws IOException, InterruptedException {
    return new ApartReplica(
        folder.path().resolve(name + ".log"), cluster.bootstrapServers(), topic);
  }

  /**
   * Measures in a process of its own, whose heap is too small to be collected for long.
   *
   * @param job where it is, as it is to stand in the table
   * @return 0, or another number if there were other answers than predictions
   */
  private int load(final OutFolder folder, final String job, final ApartReplica replica)
      throws IOException, InterruptedException {
    try (BraidChild load =
        BraidChild.start(
            folder.path().resolve("load-" + job + ".log"),
            List.of("-Xmx64m", "-XX:+UseSerialGC"),
            List.of(
                "serve-load",
                "--address",
                replica.address().toString(),
                "--rows",
                asked.toString(),
                "--rate",
                Integer.toString(rate),
                "--seconds",
                Integer.toString(seconds),
                "--connections",
                Integer.toString(connections)))) {
      final int code = load.awaitEnd();
      final PrintWriter terminal = spec.commandLine().getOut();
      terminal.println("| " + job + ' ' + load.awaitSaid("(?m)^(\\| \\d+ \\|.*)$"));
      terminal.flush();
      return code;
    }
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
      terminal.println(LoadFigures.head(""));
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
