package dev.braid.benchmarks.entries;

import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the CPU time of an event in each entry. */
@Command(
    name = "entries",
    description =
        "Measures the CPU time of this process for an event of one model: of the bare learner, of"
            + " the learner with its records serialised, of the learner in a field of a Flink"
            + " function, of the DataStream entry, of the SQL function, and of the job with a broker"
            + " in a process of its own. What starting costs is taken off by a short and a long run"
            + " of each. Prints a Markdown table.")
public final class EntriesCommand implements BraidCommand {
  private static final String BARE = "learner";

  /** What each entry is called in the table. */
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put(BARE, "bare learner");
    TITLES.put("serialised", "bare learner, records serialised");
    TITLES.put("function", "bare learner in a Flink function");
    TITLES.put("datastream", "DataStream");
    TITLES.put("sql", "SQL");
    TITLES.put("kafka", "Kafka job");
  }

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "200000",
      description = "Events of a long run; a short one has a quarter. Default: ${DEFAULT-VALUE}.")
  private int events;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Rounds over all entries, of which the best counts, behind one that does not."
              + " Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--entries",
      paramLabel = "NAMES",
      split = ",",
      defaultValue = "learner,serialised,function,datastream,sql,kafka",
      description = "What is measured, separated by commas. Default: ${DEFAULT-VALUE}.")
  private List<String> names;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/entries",
      description = "Folder of state and log; the state is deleted. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (events < 1_000 || rounds < 1) {
      throw new UsageException("--events takes 1000 or more, --rounds 1 or more.");
    }
    if (!TITLES.keySet().containsAll(names)) {
      throw new UsageException("--entries takes " + String.join(", ", TITLES.keySet()) + ".");
    }
    final Map<String, Double> best = new LinkedHashMap<>();
    try (OutFolder folder = OutFolder.of(out)) {
      final Path state = folder.path().resolve("state");
      try (FlinkEntries flink = new FlinkEntries(state);
          KafkaEntry kafka = names.contains("kafka") ? new KafkaEntry(flink, events) : null) {
        measure(entries(flink, kafka), best);
      } finally {
        FileUtils.deleteDirectoryQuietly(state.toFile());
      }
    }
    print(best);
    return 0;
  }

  private Map<String, EntryPoint> entries(final FlinkEntries flink, final KafkaEntry kafka) {
    final Map<String, EntryPoint> entries = new LinkedHashMap<>();
    for (final String name : names) {
      entries.put(
          name,
          switch (name) {
            case "serialised" -> LibraryEntries::serialised;
            case "function" -> flink::unmanaged;
            case "datastream" -> flink::stream;
            case "sql" -> flink::sql;
            case "kafka" -> kafka;
            default -> LibraryEntries::bare;
          });
    }
    return entries;
  }

  /** One round more than is counted: the first one compiles. */
  private void measure(final Map<String, EntryPoint> entries, final Map<String, Double> best)
      throws Exception {
    final int few = events / 4;
    final Map<String, Long> shorter = new HashMap<>();
    final Map<String, Long> longer = new HashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (final Map.Entry<String, EntryPoint> entry : entries.entrySet()) {
        final long ofFew = CpuTime.of(() -> entry.getValue().run(few));
        final long ofAll = CpuTime.of(() -> entry.getValue().run(events));
        if (round > 0) {
          shorter.merge(entry.getKey(), ofFew, Math::min);
          longer.merge(entry.getKey(), ofAll, Math::min);
        }
      }
    }
    for (final String name : entries.keySet()) {
      best.put(name, (longer.get(name) - shorter.get(name)) / 1e3 / (events - few));
    }
  }

  private void print(final Map<String, Double> best) {
    final PrintWriter terminal = spec.commandLine().getOut();
    terminal.println("| entry | CPU microseconds an event | of the bare learner |");
    terminal.println("|---|---:|---:|");
    best.forEach(
        (name, micros) ->
            terminal.printf(
                Locale.ROOT,
                "| %s | %.1f | %s |%n",
                TITLES.get(name),
                micros,
                ratio(micros, best)));
    terminal.flush();
  }

  /** Empty where the bare learner was not measured. */
  private static String ratio(final double micros, final Map<String, Double> best) {
    return best.containsKey(BARE)
        ? String.format(Locale.ROOT, "%.2f", micros / best.get(BARE))
        : "";
  }
}
