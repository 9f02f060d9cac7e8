package dev.braid.benchmarks.models;

import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.inspect.SavepointTotals;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
          "Events of the first job beside one for each model; each of the others takes a fifth."
              + " Default: ${DEFAULT-VALUE}.")
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
      description =
          "Memory of RocksDB over four slots; a job of one slot has a quarter. Default: ${DEFAULT-VALUE}.")
  private int managed;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "Time between checkpoints. Default: ${DEFAULT-VALUE}.")
  private int checkpointSeconds;

  @Option(
      names = "--default-pool",
      description =
          "Each model has all the experts and combiners that the preset braid has by default, in"
              + " place of those of a small learner.")
  private boolean defaultPool;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Option of the preset braid, beside those of the learner.")
  private Map<String, String> options = Map.of();

  @Option(
      names = "--pack-below",
      paramLabel = "SIZE",
      defaultValue = "64 kb",
      description = "As state.pack-below of the job. Default: ${DEFAULT-VALUE}.")
  private String packBelow;

  @Option(
      names = "--idle-seconds",
      paramLabel = "S",
      defaultValue = "20",
      description =
          "How long models idle before the last job drops them. Default: ${DEFAULT-VALUE}.")
  private int idleSeconds;

  @Option(
      names = "--plain-bytes",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Bytes per key of plain RocksDB; 0 for those of a model, of which every one is read for"
              + " it. Default: ${DEFAULT-VALUE}.")
  private int plainBytes;

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
    try (OutFolder folder = OutFolder.of(out)) {
      final Path state = folder.path().resolve("state");
      try (ModelsCluster cluster = ModelsCluster.start(state, managed)) {
        for (final double skew : skews) {
          measure(cluster, new Traffic(keys, skew));
        }
      } finally {
        FileUtils.deleteDirectoryQuietly(state.toFile());
      }
    }
    final PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(Figures.HEADER);
    rows.forEach(terminal::println);
    terminal.flush();
    return 0;
  }

  private void measure(final ModelsCluster cluster, final Traffic traffic) throws Exception {
    final LearnerConfig config = ModelsJob.config(workingSet, packBelow, learner());
    final Stopwatch stopwatch = new Stopwatch(cluster, this::say);
    final Duration between = Duration.ofSeconds(checkpointSeconds);
    final ModelsJob job = new ModelsJob(traffic, between);
    Figures last = null;
    for (final int slots : PARALLELISMS) {
      final StreamExecutionEnvironment environment = cluster.environment();
      job.learners(environment, slots, place(last), config, new Tally());
      final Figures next =
          last == null
              ? stopwatch.run(name("models", slots), environment, keys, records, 0)
              : stopwatch.run(name("models", slots), environment, 0, records / 5, 0);
      last = report(next, last, traffic, "models", slots);
    }
    final int bytes = plainBytes > 0 ? plainBytes : bytesOfAModel(last);
    final Traffic few = new Traffic(Math.max(1, keys / 100), 0);
    final ModelsJob fewer = new ModelsJob(few, between);
    final StreamExecutionEnvironment environment = cluster.environment();
    fewer.learners(environment, 1, place(last), config, new Tally());
    final String some = "one model in 100";
    last = report(stopwatch.run(name(some, 1), environment, 0, records / 5, 0), last, few, some, 1);
    expire(stopwatch, cluster, fewer, few, last);
    plain(stopwatch, cluster, job, traffic, config, bytes);
  }

  private Map<String, String> learner() {
    final Map<String, String> all = new HashMap<>(defaultPool ? Map.of() : ModelsJob.SMALL);
    all.putAll(options);
    return all;
  }

  private static int bytesOfAModel(final Figures figures) throws Exception {
    final SavepointTotals totals = SavepointTotals.of(figures.savepoint());
    return (int) (totals.bytes() / totals.models());
  }

  /** Lets all models expire that a few leave idle. */
  private void expire(
      final Stopwatch stopwatch,
      final ModelsCluster cluster,
      final ModelsJob job,
      final Traffic few,
      final Figures before)
      throws Exception {
    final LearnerConfig config =
        ModelsJob.expiring(workingSet, packBelow, learner(), Duration.ofSeconds(idleSeconds));
    final StreamExecutionEnvironment environment = cluster.environment();
    job.learners(environment, 1, place(before), config, new Tally());
    final Figures figures =
        stopwatch.run(name("idle ones expire", 1), environment, 0, records / 5, 2.5 * idleSeconds);
    say("counts the models in the savepoint");
    final long left = SavepointTotals.of(figures.savepoint()).models();
    delete(report(figures, before, few, "idle ones expire, " + left + " are left", 1));
  }

  private void plain(
      final Stopwatch stopwatch,
      final ModelsCluster cluster,
      final ModelsJob job,
      final Traffic traffic,
      final LearnerConfig config,
      final int bytes)
      throws Exception {
    final StreamExecutionEnvironment environment = cluster.environment();
    final PlainState state = new PlainState(ModelsJob.example(config, bytes));
    job.plainState(environment, 1, state, new Tally());
    final Figures figures = stopwatch.run(name("plain", 1), environment, keys, records, 0);
    delete(report(figures, null, traffic, "plain " + bytes + " bytes", 1));
  }

  private static String name(final String state, final int slots) {
    return state + ", slots: " + slots;
  }

  private void say(final String line) {
    spec.commandLine().getErr().println("braid: " + line);
    spec.commandLine().getErr().flush();
  }

  private static String place(final Figures figures) {
    return figures == null ? null : figures.savepoint();
  }

  /** Prints what a job did, and deletes the savepoint that it began from. */
  private Figures report(
      final Figures figures,
      final Figures before,
      final Traffic traffic,
      final String state,
      final int slots) {
    rows.add(figures.row(traffic, state, slots));
    say(rows.get(rows.size() - 1));
    if (before != null) {
      delete(before);
    }
    return figures;
  }

  private static void delete(final Figures figures) {
    final String savepoint = new org.apache.flink.core.fs.Path(figures.savepoint()).getPath();
    FileUtils.deleteDirectoryQuietly(Path.of(savepoint).toFile());
  }
}
