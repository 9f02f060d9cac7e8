package dev.braid.benchmarks;

import dev.braid.connectors.stream.StreamException;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.UsageException;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.Prediction;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./braid model-sizes}: what a model takes at rest as it learns. */
@Command(
    name = "model-sizes",
    sortOptions = false,
    description =
        "Lets a learner meet a stream, and after so many events prints how many bytes it is saved"
            + " in, part by part, how many it takes on the heap, and how long it takes to be saved"
            + " and to be read back. Prints a Markdown table.")
public final class ModelSizesCommand implements BraidCommand {
  private static final int REPETITIONS = 15;

  /** Parts before the experts. */
  private static final String[] FIRST = {"header", "combiners"};

  @Option(
      names = "--streams",
      defaultValue = "elec,covt,airl",
      paramLabel = "S,..",
      description = "Streams, as for bench. Default: ${DEFAULT-VALUE}.")
  private String streams;

  @Option(
      names = "--learners",
      defaultValue = "braid",
      paramLabel = "L,..",
      description = "Presets, with options as for bench. Default: ${DEFAULT-VALUE}.")
  private String learners;

  @Option(
      names = "--events",
      defaultValue = "20,100,1000,5000",
      split = ",",
      paramLabel = "N",
      description = "Events after which to look, in ascending order. Default: ${DEFAULT-VALUE}.")
  private List<Integer> looks;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Seed of the learners. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private FileArguments files;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    final PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(
        "| stream | learner | events | saved KB | heap KB | to save ms | to read ms | KB of parts |");
    terminal.println("|---|---|--:|--:|--:|--:|--:|---|");
    final BenchStreams opener = new BenchStreams(files.options());
    for (final String stream : CommandTexts.split(streams)) {
      for (final String learner : CommandTexts.split(learners)) {
        measure(opener, stream, learner, terminal);
      }
    }
    return 0;
  }

  private void measure(
      final BenchStreams opener,
      final String stream,
      final String name,
      final PrintWriter terminal) {
    final int last = looks.get(looks.size() - 1);
    try (InstanceSource source = opener.open(stream, last)) {
      Schema known = source.schema();
      final Learner learner = CommandTexts.preset(name, seed, known);
      final Prediction prediction = new Prediction();
      for (int event = 1; event <= last; event++) {
        final Instance instance = source.next();
        if (instance == null) {
          throw new UsageException("stream " + stream + " ends after " + (event - 1) + " events");
        }
        if (!known.equals(source.schema())) {
          known = source.schema();
          learner.grow(known);
        }
        learner.testThenTrain(instance.x(), instance.label(), prediction);
        if (looks.contains(event)) {
          terminal.println(row(stream, name, event, learner));
          terminal.flush();
        }
      }
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static String row(
      final String stream, final String name, final int events, final Learner learner) {
    final byte[] image = LearnerImage.toBytes(learner);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %.1f | %.0f | %.2f | %.2f | %s |",
        stream,
        name,
        events,
        image.length / 1024.0,
        learner.sizeBytes() / 1024.0,
        millis(() -> LearnerImage.toBytes(learner)),
        millis(() -> LearnerImage.fromBytes(image)),
        parts(learner));
  }

  /** The median of some times. */
  private static double millis(final Runnable work) {
    final double[] times = new double[REPETITIONS];
    for (int i = 0; i < times.length; i++) {
      final long start = System.nanoTime();
      work.run();
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }

  /** What each sort of part takes, the largest first. */
  private static String parts(final Learner learner) {
    final List<Part> parts = learner.parts();
    final boolean young = parts.size() == FIRST.length && !learner.members().isEmpty();
    final Map<String, Integer> bytes = new LinkedHashMap<>();
    for (int p = 0; p < parts.size(); p++) {
      final ImageWriter out = new ImageWriter();
      for (int chunk = 0; chunk < parts.get(p).chunkCount(); chunk++) {
        parts.get(p).writeChunk(chunk, out);
      }
      final String sort =
          p >= FIRST.length
              ? learner.members().get(p - FIRST.length).kind()
              : p == 1 && young ? "events" : FIRST[p];
      bytes.merge(sort, out.size(), Integer::sum);
    }
    return bytes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue() / 1024.0))
        .collect(Collectors.joining(", "));
  }
}
