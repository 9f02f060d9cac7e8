package dev.braid.benchmarks;

import dev.braid.benchmarks.detection.ComparedDetectors;
import dev.braid.benchmarks.detection.Detection;
import dev.braid.benchmarks.detection.DetectionScore;
import dev.braid.benchmarks.detection.DetectorTrial;
import dev.braid.benchmarks.harness.BenchPlan;
import dev.braid.benchmarks.harness.Benchmark;
import dev.braid.benchmarks.harness.Cell;
import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.harness.HeapSize;
import dev.braid.benchmarks.harness.Peers;
import dev.braid.benchmarks.harness.Progress;
import dev.braid.benchmarks.harness.ResultsFile;
import dev.braid.benchmarks.report.BenchmarkReport;
import dev.braid.benchmarks.report.Provenance;
import dev.braid.benchmarks.report.Study;
import dev.braid.benchmarks.report.StudyReport;
import dev.braid.connectors.stream.DriftPoint;
import dev.braid.connectors.stream.StreamException;
import dev.braid.data.InstanceSource;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import dev.braid.router.Presets;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./braid bench}: learners and detectors on streams with drift, measured and compared. */
@Command(
    name = "bench",
    sortOptions = false,
    description = {
      "Runs learners over streams, each event predicted first and learned from then, and compares"
          + " them.",
      "Writes results.csv, results.md and report.html to the output folder. A benchmark that was"
          + " stopped goes on where it was: runs that are in results.csv are not made again."
    })
public final class BenchCommand implements BraidCommand {

  @Option(
      names = "--streams",
      required = true,
      paramLabel = "S,..",
      description = {
        "Benchmark streams (led_a, led_g, sea_a, sea_g, rbf_m, rbf_f, elec, airl, covt,"
            + " mnist_split, mnist_permuted, mnist_rotated), ARFF or CSV files (also .gz, .xz), or"
            + " moa: and the command line of a MOA stream."
      })
  private String streams;

  @Option(
      names = "--learners",
      defaultValue = "",
      paramLabel = "L,..",
      description = {
        "Presets, with options as in driftmoe-data(batch=1,top-k=2); peers by the names below; or"
            + " moa: and the command line of a MOA classifier.",
        "@FILE reads them from a file, one a line: learner | what it stands for | what it must show"
            + " | whom it is shown beside, the first control if that is left out; 'control' stands"
            + " for those that all are compared with. Then study.md is written, not results.md and"
            + " report.html."
      })
  private String learners;

  @Option(
      names = "--detectors",
      defaultValue = "",
      paramLabel = "D,..",
      description =
          "Drift detectors, by the names below, on the errors of a naive Bayes classifier; for"
              + " streams whose drifts are known.")
  private String detectors;

  @Option(
      names = "--instances",
      defaultValue = "100000",
      paramLabel = "N",
      description =
          "Events per stream at the most; the drifts of synthetic streams scale with it. Default:"
              + " ${DEFAULT-VALUE}.")
  private long instances;

  @Mixin private BenchArguments arguments;

  @Option(
      names = "--out",
      defaultValue = "braid-out/bench",
      paramLabel = "DIR",
      description = "Output folder. Default: ${DEFAULT-VALUE}.")
  private Path out;

  private CommandSpec spec;

  /** Lists in the help what has a short name. */
  @Spec
  void spec(final CommandSpec own) {
    spec = own;
    final List<String> footer = new ArrayList<>();
    footer.add("%nPresets:");
    Presets.REGISTRY
        .entries()
        .forEach(preset -> footer.add(CommandTexts.helpLine(preset.name(), preset.description())));
    footer.add("%nPeers:");
    Peers.REGISTRY
        .entries()
        .forEach(peer -> footer.add(CommandTexts.helpLine(peer.name(), peer.description())));
    footer.add("%nDetectors:");
    footer.add("  " + String.join(", ", ComparedDetectors.byName().keySet()));
    own.usageMessage().footer(footer.toArray(String[]::new));
  }

  @Override
  public Integer call() throws IOException {
    HeapSize.prepare();
    final BenchStreams opener = new BenchStreams(arguments.streams());
    final List<String> streamNames = CommandTexts.split(streams);
    final List<String> detectorNames = CommandTexts.split(detectors);
    final Optional<Study> study = study();
    final List<String> learnerNames =
        study.map(Study::learners).orElse(CommandTexts.split(learners));
    final BenchPlan plan = plan(streamNames, learnerNames, detectorNames);
    try (OutFolder folder = OutFolder.of(out)) {
      return bench(folder.path(), plan, study, opener, detectorNames) ? 0 : 1;
    }
  }

  /** What stands in the file that was given for the learners. */
  private Optional<Study> study() {
    if (!learners.startsWith("@")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Study.read(Path.of(learners.substring(1))));
    } catch (final IOException | IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Whether every run went to its end; what did is reported either way. */
  private boolean bench(
      final Path folder,
      final BenchPlan plan,
      final Optional<Study> study,
      final BenchStreams opener,
      final List<String> detectorNames)
      throws IOException {
    final ResultsFile file;
    final Benchmark benchmark;
    try {
      file = ResultsFile.open(folder.resolve("results.csv"));
      benchmark = new Benchmark(plan, opener, CommandTexts::preset, file);
      for (final String stream : plan.streams()) {
        FileArguments.tell(opener.spec(stream), spec.commandLine().getErr());
      }
      benchmark.check();
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
    final List<String> again = arguments.redone();
    file.remove(cell -> again.contains(cell.learner()) && plan.cells().contains(cell));

    final Benchmark.Outcome outcome =
        benchmark.run(new Progress(new PrintStream(System.err, true, StandardCharsets.UTF_8)));
    final List<CellResult> results = outcome.results();
    final List<Detection> detections = detections(plan, detectorNames, results, opener);
    final List<String> failures = outcome.failures();
    if (study.isEmpty()) {
      report(plan, opener, file, detections);
    } else if (failures.isEmpty()) {
      StudyReport.write(folder, study.get(), results, provenance());
    }
    final PrintWriter console = spec.commandLine().getOut();
    detections.forEach(detection -> console.println(detection.line()));
    results.forEach(result -> console.println(result.line()));
    console.flush();
    final PrintWriter err = spec.commandLine().getErr();
    failures.forEach(failure -> err.println("braid: " + failure + "."));
    if (study.isPresent() && !failures.isEmpty()) {
      err.println(
          "braid: study.md is not written, since it compares lines that must all be there.");
    }
    err.flush();
    return failures.isEmpty();
  }

  private BenchPlan plan(
      final List<String> streamNames,
      final List<String> learnerNames,
      final List<String> detectorNames) {
    if (learners.isBlank() && detectorNames.isEmpty()) {
      throw new UsageException("Nothing is to be run: give --learners or --detectors");
    }
    for (final String detector : detectorNames) {
      if (!ComparedDetectors.byName().containsKey(detector)) {
        throw new UsageException(
            "There is no detector '"
                + detector
                + "': known are "
                + String.join(", ", ComparedDetectors.byName().keySet()));
      }
    }
    try {
      return new BenchPlan(
          streamNames,
          learnerNames,
          arguments.seeds(),
          instances,
          arguments.labelDelay(),
          arguments.interleave());
    } catch (final IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Learners that changed their pool, then detectors, on the streams with known drifts. */
  private static List<Detection> detections(
      final BenchPlan plan,
      final List<String> detectorNames,
      final List<CellResult> results,
      final BenchStreams opener) {
    final List<Detection> detections = new ArrayList<>();
    // Who never changes its pool tells of no drift; who does may also miss them all on a stream.
    final Set<String> watchers =
        results.stream()
            .filter(result -> !result.alarms().isEmpty())
            .map(result -> result.cell().learner())
            .collect(Collectors.toSet());
    for (final CellResult result : results) {
      final Cell cell = result.cell();
      final List<DriftPoint> drifts = opener.driftPoints(cell.stream(), cell.limit());
      if (!drifts.isEmpty() && watchers.contains(cell.learner())) {
        detections.add(
            new Detection(
                cell.stream(),
                cell.learner(),
                cell.seed(),
                DetectionScore.of(result.alarms(), drifts, result.events())));
      }
    }
    for (final String stream : plan.streams()) {
      final List<DriftPoint> drifts = opener.driftPoints(stream, plan.limit());
      for (final String detector : drifts.isEmpty() ? List.<String>of() : detectorNames) {
        try (InstanceSource source = opener.open(stream, plan.limit())) {
          final List<Long> alarms =
              DetectorTrial.alarms(source, ComparedDetectors.byName().get(detector));
          detections.add(
              new Detection(stream, detector, 1, DetectionScore.of(alarms, drifts, plan.limit())));
        }
      }
    }
    return detections;
  }

  /** Reports on all finished runs of this length and delay: the asked-for ones come first. */
  private void report(
      final BenchPlan plan,
      final BenchStreams opener,
      final ResultsFile file,
      final List<Detection> detections)
      throws IOException {
    final List<CellResult> results = new ArrayList<>();
    plan.cells().forEach(cell -> file.find(cell).ifPresent(results::add));
    file.results().stream()
        .filter(r -> r.cell().limit() == plan.limit() && r.cell().labelDelay() == plan.labelDelay())
        .filter(r -> !results.contains(r))
        .forEach(results::add);
    final Map<String, List<DriftPoint>> drifts = new LinkedHashMap<>();
    results.forEach(
        r ->
            drifts.computeIfAbsent(
                r.cell().stream(), stream -> opener.driftPoints(stream, instances)));
    BenchmarkReport.write(out, results, drifts, detections, provenance());
  }

  private Provenance provenance() {
    return new Provenance(
        CommandTexts.command(spec),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().toString());
  }
}
