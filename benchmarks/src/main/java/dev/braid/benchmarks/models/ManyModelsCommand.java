package dev.braid.benchmarks.models;

import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.LogFile;
import dev.braid.jobs.cli.UsageException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.inspect.SavepointTotals;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures one small model per key, with far more state than heap. */
@Command(
    name = "many-models",
    description =
        "Measures a job of one small model per key over RocksDB, in this process: records a second,"
            + " checkpoints, restores at other parallelisms, heap, and plain RocksDB beside it."
            + " Prints a Markdown table.")
public final class ManyModelsCommand implements BraidCommand {
  private static final int[] PARALLELISMS = {1, 2, 4};

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Models. Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "500000",
      description =
          "Events of the first job; each of the others takes a fifth. Default: ${DEFAULT-VALUE}.")
  private long records;

  @Option(
      names = "--skew",
      paramLabel = "S",
      split = ",",
      defaultValue = "0,1.1",
      description =
          "Exponents of Zipf's law for the keys, 0 for all alike. Default: ${DEFAULT-VALUE}.")
  private List<Double> skews;

  @Option(
      names = "--working-set",
      paramLabel = "SIZE",
      defaultValue = "256 mb",
      description = "Heap bytes of hot models per subtask. Default: ${DEFAULT-VALUE}.")
  private String workingSet;

  @Option(
      names = "--managed-mb",
      paramLabel = "MB",
      defaultValue = "1024",
      description = "Memory of RocksDB over four slots. Default: ${DEFAULT-VALUE}.")
  private int managed;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "Time between checkpoints. Default: ${DEFAULT-VALUE}.")
  private int checkpointSeconds;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Option of the preset braid, beside those of the small learner.")
  private Map<String, String> options = Map.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/many-models",
      description = "Folder of state and log; the state is deleted. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Spec private CommandSpec spec;

  private final List<String> rows = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (keys < 1 || records < 5 || checkpointSeconds < 1) {
      throw new UsageException("--keys, --checkpoint-seconds take 1 or more, --records 5 or more.");
    }
    LogFile.in(out);
    final Path state = out.resolve("state").toAbsolutePath();
    try (ModelsCluster cluster = ModelsCluster.start(state, managed)) {
      for (final double skew : skews) {
        measure(cluster, new Traffic(keys, skew));
      }
    } finally {
      FileUtils.deleteDirectoryQuietly(state.toFile());
    }
    final PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(
        "| keys | skew | state | slots | records/s | start s | checkpoint MB (full) | checkpoint s |"
            + " savepoint s | heap MB |\n|---|---|---|---|---|---|---|---|---|---|");
    rows.forEach(terminal::println);
    terminal.flush();
    return 0;
  }

  private void measure(final ModelsCluster cluster, final Traffic traffic) throws Exception {
    final ModelsJob job = new ModelsJob(traffic, Duration.ofSeconds(checkpointSeconds));
    final JobConfig config = ModelsJob.config(workingSet, options);
    String savepoint = null;
    for (final int slots : PARALLELISMS) {
      final StreamExecutionEnvironment environment = cluster.environment();
      job.learners(environment, slots, savepoint, config, new Tally());
      final long wanted = savepoint == null ? records : records / 5;
      savepoint = run(cluster, environment, traffic, "models", slots, wanted);
    }
    final StreamExecutionEnvironment environment = cluster.environment();
    final SavepointTotals totals = SavepointTotals.of(savepoint);
    final int bytes = (int) (totals.bytes() / totals.models());
    job.plainState(environment, 1, new PlainState(bytes), new Tally());
    run(cluster, environment, traffic, "plain " + bytes + " bytes", 1, records);
  }

  /** Runs a job until it gave out so many records, and stops it. */
  private String run(
      final ModelsCluster cluster,
      final StreamExecutionEnvironment environment,
      final Traffic traffic,
      final String state,
      final int slots,
      final long wanted)
      throws Exception {
    final long before = Tally.count();
    final long submitted = System.nanoTime();
    final JobClient job = environment.executeAsync(state);
    await(before + 1);
    final long first = System.nanoTime();
    await(before + wanted / 2);
    // By then the code is compiled, and most models have been there before.
    final long half = Tally.count();
    final long middle = System.nanoTime();
    await(before + wanted);
    final double rate = (Tally.count() - half) / seconds(middle);
    final CompletedCheckpointStats checkpoint = cluster.lastCheckpoint(job);
    System.gc();
    final long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    final long stopping = System.nanoTime();
    final String savepoint = cluster.stop(job);
    rows.add(
        String.format(
            Locale.ROOT,
            "| %d | %s | %s | %d | %.0f | %.1f | %s | %s | %.1f | %d |",
            traffic.keys(),
            traffic.skew(),
            state,
            slots,
            rate,
            (first - submitted) / 1e9,
            checkpoint == null
                ? "none"
                : String.format(
                    Locale.ROOT,
                    "%.1f (%.1f)",
                    checkpoint.getCheckpointedSize() / 1e6,
                    checkpoint.getStateSize() / 1e6),
            checkpoint == null
                ? "none"
                : String.format(Locale.ROOT, "%.1f", checkpoint.getEndToEndDuration() / 1e3),
            seconds(stopping),
            heap >> 20));
    spec.commandLine().getErr().println("braid: " + rows.get(rows.size() - 1));
    spec.commandLine().getErr().flush();
    return savepoint;
  }

  private static double seconds(final long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void await(final long count) throws InterruptedException {
    while (Tally.count() < count) {
      Thread.sleep(5);
    }
  }
}
