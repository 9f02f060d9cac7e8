package dev.braid.benchmarks;

import dev.braid.connectors.stream.StreamException;
import dev.braid.data.InstanceSource;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.UsageException;
import dev.braid.router.Preset;
import dev.braid.router.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./braid fingerprint}: shows that a change of the code left every prediction as it was. */
@Command(
    name = "fingerprint",
    sortOptions = false,
    description = {
      "Runs learners over streams and prints one checksum each of all that they predicted, to the"
          + " last bit.",
      "Write them down before a change of the code, compare them after it."
    })
public final class FingerprintCommand implements BraidCommand {
  private static final String HEADER = "stream,learner,seed,events,label_delay,crc32c";

  @Option(
      names = "--streams",
      defaultValue = "elec,covt,airl,rbf_f",
      paramLabel = "S,..",
      description =
          "Streams, as for bench; also friedman_a, friedman_g and price, where a number is predicted."
              + " Default: ${DEFAULT-VALUE}.")
  private String streams;

  @Option(
      names = "--learners",
      paramLabel = "L,..",
      description =
          "Presets, with options as for bench. Default: every preset that predicts what the stream"
              + " has, a class or a number.")
  private String learners;

  @Option(
      names = "--instances",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Events per stream at the most. Default: ${DEFAULT-VALUE}.")
  private long instances;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Seed of the learners. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--label-delays",
      defaultValue = "0,1000",
      split = ",",
      paramLabel = "N",
      description =
          "Events between a prediction and the arrival of its label. Default: ${DEFAULT-VALUE}.")
  private List<Integer> delays;

  @Mixin private FileArguments files;

  @Option(
      names = "--check",
      paramLabel = "FILE",
      description =
          "Compare with the checksums in a file that --out wrote; a difference is a failure.")
  private Path check;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the checksums to a file, in place of what it says of the same runs.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    final BenchStreams opener = new BenchStreams(files.options());
    final Map<String, String> expected = check == null ? Map.of() : read(check);
    final Map<String, String> measured = new LinkedHashMap<>();
    final List<String> differences = new ArrayList<>();
    for (final String stream : CommandTexts.split(streams)) {
      for (final String learner : learners(opener, stream)) {
        for (final int delay : delays) {
          final String run =
              String.join(
                  ",", stream, learner, Long.toString(seed), Long.toString(instances), "" + delay);
          measured.put(run, checksum(opener, stream, learner, delay));
          spec.commandLine().getOut().println(run + "," + measured.get(run));
          spec.commandLine().getOut().flush();
          if (check != null && !measured.get(run).equals(expected.get(run))) {
            differences.add(run + " was " + expected.getOrDefault(run, "not there"));
          }
        }
      }
    }
    if (out != null) {
      write(measured);
    }
    if (!differences.isEmpty()) {
      throw new IllegalStateException(
          "predictions differ from those in " + check + ": " + String.join("; ", differences));
    }
    return 0;
  }

  private List<String> learners(final BenchStreams opener, final String stream) {
    if (learners != null) {
      return CommandTexts.split(learners);
    }
    try (InstanceSource source = opener.open(stream, 1)) {
      return Presets.REGISTRY.entries().stream()
          .filter(preset -> preset.predicts(source.schema().target()))
          .map(Preset::name)
          .toList();
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private String checksum(
      final BenchStreams opener, final String stream, final String learner, final int delay) {
    try (InstanceSource source = opener.open(stream, instances)) {
      final long crc =
          Fingerprint.of(
              CommandTexts.preset(learner, seed, source.schema()), source, instances, delay);
      return String.format(Locale.ROOT, "%08x", crc);
    } catch (final IllegalArgumentException | StreamException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static Map<String, String> read(final Path file) throws IOException {
    final Map<String, String> checksums = new LinkedHashMap<>();
    if (Files.exists(file)) {
      for (final String line : Files.readAllLines(file)) {
        final int comma = line.lastIndexOf(',');
        if (comma > 0 && !line.equals(HEADER)) {
          checksums.put(line.substring(0, comma), line.substring(comma + 1));
        }
      }
    }
    return checksums;
  }

  private void write(final Map<String, String> measured) throws IOException {
    final Map<String, String> all = read(out);
    all.putAll(measured);
    final List<String> lines = new ArrayList<>(List.of(HEADER));
    all.forEach((run, crc) -> lines.add(run + "," + crc));
    Files.write(out, lines);
  }
}
