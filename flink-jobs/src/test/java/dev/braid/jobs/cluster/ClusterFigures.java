package dev.braid.jobs.cluster;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the job on a cluster of processes; {@code benchmarks/cluster.sh} runs it. */
@Command(
    name = "benchmarks/cluster.sh",
    description = {
      "Measures the job on a cluster of processes on this machine: a broker, a job manager and two"
          + " task managers, exactly once, Kafka to Kafka.",
      "Each part prints one line per figure; with --out they go to a file, too."
    },
    mixinStandardHelpOptions = true)
final class ClusterFigures implements Callable<Integer> {
  /** A part of the measurement. */
  enum Part {
    THROUGHPUT,
    LATENCY,
    RECOVERY,
    ENDURANCE,
    SHARDS
  }

  @Option(
      names = "--stream",
      required = true,
      paramLabel = "S",
      description =
          "Benchmark stream, its file found in the folder BRAID_DATA, or ARFF or CSV file.")
  String stream;

  @Option(
      names = "--rows",
      defaultValue = "3000000",
      paramLabel = "N",
      description = "Rows of the throughput and endurance parts. Default: ${DEFAULT-VALUE}.")
  long rows;

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "THROUGHPUT,LATENCY,RECOVERY,ENDURANCE",
      paramLabel = "P",
      description =
          "Any of ${COMPLETION-CANDIDATES}, separated by commas; shards compares one slot with one"
              + " model on two, at --rate if that is given. Default: ${DEFAULT-VALUE}.")
  List<Part> parts;

  @Option(
      names = "--preset",
      defaultValue = "driftmoe-data",
      paramLabel = "P",
      description = "The learner. Default: ${DEFAULT-VALUE}.")
  String preset;

  @Option(
      names = "--experts",
      defaultValue = "",
      paramLabel = "E",
      description = "The learner's experts; left out, those of the preset.")
  String experts;

  @Option(
      names = "--rate",
      defaultValue = "0",
      paramLabel = "R",
      description =
          "Events a second of latency, recovery and endurance; 0 for half of the measured"
              + " throughput. Default: ${DEFAULT-VALUE}.")
  double rate;

  @Option(
      names = "--seconds",
      defaultValue = "120",
      paramLabel = "T",
      description = "Seconds of the latency part. Default: ${DEFAULT-VALUE}.")
  int seconds;

  @Option(
      names = "--checkpoint-seconds",
      defaultValue = "10",
      paramLabel = "C",
      description = "Seconds between checkpoints. Default: ${DEFAULT-VALUE}.")
  int checkpointSeconds;

  @Option(
      names = "--heartbeat-timeout",
      defaultValue = "6",
      paramLabel = "H",
      description =
          "Seconds of silence after which a process is given up. Default: ${DEFAULT-VALUE}.")
  int heartbeatSeconds;

  @Option(
      names = "--fault-every",
      defaultValue = "30",
      paramLabel = "F",
      description = "Seconds between faults of the endurance part. Default: ${DEFAULT-VALUE}.")
  int faultEvery;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Seed of the faults. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--out", paramLabel = "FILE", description = "File the figures are written to.")
  Path out;

  private final List<String> figures = new ArrayList<>();
  private final PrintStream console = System.out;

  public static void main(final String[] args) {
    System.exit(
        new CommandLine(new ClusterFigures())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  /** The stream of that name; the files of the real ones are found by the variable BRAID_DATA. */
  static StreamSpec stream(final String name) {
    final String data = System.getenv("BRAID_DATA");
    return StreamSpec.parse(
        name,
        data == null || data.isBlank()
            ? StreamOptions.DEFAULT
            : StreamOptions.DEFAULT.withData(Path.of(data)));
  }

  @Override
  public Integer call() throws Exception {
    if (parts.contains(Part.SHARDS)) {
      new ShardFigures(this).measure();
    }
    if (parts.equals(List.of(Part.SHARDS))) {
      return write();
    }
    if (parts.contains(Part.THROUGHPUT)) {
      final double measured = new Throughput(this).measure();
      rate = rate > 0 ? rate : measured / 2;
    }
    if (rate <= 0) {
      throw new CommandLine.ParameterException(
          new CommandLine(this), "Without the part throughput, --rate must be given.");
    }
    if (parts.contains(Part.LATENCY) || parts.contains(Part.RECOVERY)) {
      new Latency(this).measure();
    }
    if (parts.contains(Part.ENDURANCE)) {
      new Endurance(this).measure();
    }
    return write();
  }

  private int write() throws IOException {
    if (out != null) {
      Files.write(out, figures, StandardCharsets.UTF_8);
    }
    return 0;
  }

  /** Tells a figure. */
  void tell(final String line) {
    figures.add(line);
    console.println(line);
  }

  /** Heap for a model of full size, and what was asked of the cluster. */
  Map<String, String> settings() {
    return Map.of(
        "taskmanager.memory.task.heap.size", "1024m", "heartbeat.timeout", heartbeatSeconds + " s");
  }
}
