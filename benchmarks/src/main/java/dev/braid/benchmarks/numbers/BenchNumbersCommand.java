package dev.braid.benchmarks.numbers;

import dev.braid.benchmarks.BenchArguments;
import dev.braid.benchmarks.CommandTexts;
import dev.braid.benchmarks.harness.HeapSize;
import dev.braid.benchmarks.harness.XgboostModel;
import dev.braid.connectors.stream.StreamException;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
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

  @Mixin private BenchArguments arguments;

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
    NumberStream.names().forEach((name, what) -> footer.add(CommandTexts.helpLine(name, what)));
    footer.add("%nPeers:");
    NumberLearner.peers()
        .forEach((name, cli) -> footer.add(CommandTexts.helpLine(name, "moa:" + cli)));
    footer.add(
        CommandTexts.helpLine(
            NumberLearner.XGBOOST,
            "XGBoost, trained anew every so many labels on a window of the last ones; options "
                + XgboostModel.OPTIONS.stream()
                    .map(option -> option.name() + "=" + option.defaultValue())
                    .collect(Collectors.joining(","))));
    own.usageMessage().footer(footer.toArray(String[]::new));
  }

  @Override
  public Integer call() throws IOException {
    final int delay = arguments.labelDelay();
    HeapSize.prepare();
    try (OutFolder folder = OutFolder.of(out)) {
      final List<String> names = CommandTexts.split(learners);
      final NumberResults results = NumberResults.open(folder.path());
      for (final String stream : CommandTexts.split(streams)) {
        final NumberStream events = NumberStream.open(stream, instances, arguments.streams());
        for (final String name : names) {
          for (final long seed : arguments.seeds()) {
            NumberLearner.open(name, seed, events.schema());
          }
        }
        run(results, stream, names, events, delay);
      }
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
    return 0;
  }

  /** Makes the runs of a stream that are not there yet. */
  private void run(
      final NumberResults results,
      final String stream,
      final List<String> names,
      final NumberStream events,
      final int delay)
      throws IOException {
    final List<String> again = arguments.redone();
    final List<NumberRun> together = new ArrayList<>();
    for (final String name : names) {
      for (final long seed : arguments.seeds()) {
        final Optional<NumberResult> done =
            results.find(stream, name, seed, events.y().size(), delay);
        if (done.isPresent() && !again.contains(name)) {
          print(done.get());
          continue;
        }
        done.ifPresent(results::remove);
        together.add(new NumberRun(stream, name, seed, events, delay));
        if (!arguments.interleave()) {
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
      results.add(result, CommandTexts.command(spec));
      print(result);
    }
    together.clear();
  }

  private void print(final NumberResult result) {
    spec.commandLine().getOut().println(result.line());
    spec.commandLine().getOut().flush();
  }
}
