package dev.braid.benchmarks.numbers;

import dev.braid.benchmarks.harness.HeapSize;
import dev.braid.benchmarks.harness.XgboostModel;
import dev.braid.connectors.stream.StreamException;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import dev.braid.spec.Term;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./braid bench-numbers}: learners of numbers, measured and compared. */
@Command(
    name = "bench-numbers",
    sortOptions = false,
    description = {
      "Runs learners over streams of numbers, each event predicted first and learned from then.",
      "Writes results.csv and results.md to the output folder. What was stopped goes on where it"
          + " was: runs that are in results.csv are not made again."
    })
public final class BenchNumbersCommand implements BraidCommand {

  @Option(
      names = "--streams",
      required = true,
      paramLabel = "S,..",
      description = "Streams by the names below.")
  private String streams;

  @Option(
      names = "--learners",
      required = true,
      paramLabel = "L,..",
      description =
          "Presets, with options in parentheses; peers by the names below; or moa: and the command"
              + " line of a MOA regressor.")
  private String learners;

  @Option(
      names = "--instances",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Events per stream at the most. Default: ${DEFAULT-VALUE}.")
  private int instances;

  @Option(
      names = "--seeds",
      defaultValue = "1",
      split = ",",
      paramLabel = "N",
      description = "Seeds of the learners. Default: ${DEFAULT-VALUE}.")
  private List<Long> seeds;

  @Option(
      names = "--label-delay",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Events that come between an event and its label; those whose label would come behind the"
              + " end are not learned. Default: ${DEFAULT-VALUE}, at once.")
  private int delay;

  @Option(
      names = "--interleave",
      description =
          "Let the learners of a stream work in turn on the same events, a thousand at a time, so"
              + " that their speeds compare.")
  private boolean interleave;

  @Option(
      names = "--redo",
      defaultValue = "",
      paramLabel = "L,..",
      description = "Learners whose finished runs are to be made again.")
  private String redo;

  @Mixin private FileArguments files;

  @Option(
      names = "--out",
      defaultValue = "braid-out/bench-numbers",
      paramLabel = "DIR",
      description = "Output folder. Default: ${DEFAULT-VALUE}.")
  private Path out;

  private CommandSpec spec;

  /** Lists in the help what has a short name. */
  @Spec
  void spec(final CommandSpec own) {
    spec = own;
    final List<String> footer = new ArrayList<>();
    footer.add("%nStreams:");
    NumberStream.names().forEach((name, what) -> footer.add(line(name, what)));
    footer.add("%nPeers:");
    NumberLearner.peers().forEach((name, cli) -> footer.add(line(name, "moa:" + cli)));
    footer.add(
        line(
            NumberLearner.XGBOOST,
            "XGBoost, trained anew every so many labels on a window of the last ones; options "
                + XgboostModel.OPTIONS.stream()
                    .map(option -> option.name() + "=" + option.defaultValue())
                    .collect(Collectors.joining(","))));
    own.usageMessage().footer(footer.toArray(String[]::new));
  }

  private static String line(final String name, final String meaning) {
    return "  %-14s %s".formatted(name, meaning).replace("%", "%%");
  }

  @Override
  public Integer call() throws IOException {
    if (delay < 0) {
      throw new UsageException("--label-delay takes a number of events, 0 or more.");
    }
    HeapSize.prepare();
    try (OutFolder folder = OutFolder.of(out)) {
      final List<String> names = names(learners);
      final NumberResults results = NumberResults.open(folder.path());
      for (final String stream : streams.split(",")) {
        final NumberStream events = NumberStream.open(stream.strip(), instances, files.options());
        for (final String name : names) {
          for (final long seed : seeds) {
            NumberLearner.open(name, seed, events.schema());
          }
        }
        run(results, stream.strip(), names, events);
      }
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
    return 0;
  }

  private static List<String> names(final String list) {
    return Term.split(list, ',').stream().map(String::strip).toList();
  }

  /** Makes the runs of a stream that are not there yet. */
  private void run(
      final NumberResults results,
      final String stream,
      final List<String> names,
      final NumberStream events)
      throws IOException {
    final List<String> again = names(redo);
    final List<NumberRun> together = new ArrayList<>();
    for (final String name : names) {
      for (final long seed : seeds) {
        final Optional<NumberResult> done =
            results.find(stream, name, seed, events.y().size(), delay);
        if (done.isPresent() && !again.contains(name)) {
          print(done.get());
          continue;
        }
        done.ifPresent(results::remove);
        together.add(new NumberRun(stream, name, seed, events, delay));
        if (!interleave) {
          finish(together, results);
        }
      }
    }
    finish(together, results);
  }

  private void finish(final List<NumberRun> together, final NumberResults results)
      throws IOException {
    for (boolean any = true; any; ) {
      any = false;
      for (final NumberRun run : together) {
        any |= run.advance();
      }
    }
    for (final NumberRun run : together) {
      final NumberResult result = run.result();
      results.add(
          result,
          "./braid " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
      print(result);
    }
    together.clear();
  }

  private void print(final NumberResult result) {
    spec.commandLine().getOut().println(result.line());
    spec.commandLine().getOut().flush();
  }
}
