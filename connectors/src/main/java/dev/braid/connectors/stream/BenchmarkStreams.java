package dev.braid.connectors.stream;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The nine streams of the DriftMoE paper by their names. */
final class BenchmarkStreams {
  static final List<String> NAMES =
      List.of("led_a", "led_g", "sea_a", "sea_g", "rbf_m", "rbf_f", "elec", "airl", "covt");

  private static final long COVERTYPE_ROWS = 100_000;
  private static final List<String> SUFFIXES = List.of(".arff", ".arff.xz", ".arff.gz");

  private BenchmarkStreams() {}

  /** The stream of that name, or null. */
  static StreamSpec find(final String name, final StreamOptions options) {
    return switch (name) {
      case "led_a" -> new DriftingStream(name, DriftingStream.Concept.LED, DriftingStream.ABRUPT);
      case "led_g" -> new DriftingStream(name, DriftingStream.Concept.LED, DriftingStream.GRADUAL);
      case "sea_a" -> new DriftingStream(name, DriftingStream.Concept.SEA, DriftingStream.ABRUPT);
      case "sea_g" -> new DriftingStream(name, DriftingStream.Concept.SEA, DriftingStream.GRADUAL);
      case "rbf_m" -> new RbfStream(name, "0.0001");
      case "rbf_f" -> new RbfStream(name, "0.001");
      case "elec" -> file("electricity", name, options, -1);
      case "airl" -> file("airlines", name, options, -1);
      case "covt" -> file("covtype100k", name, options, COVERTYPE_ROWS);
      default -> null;
    };
  }

  private static StreamSpec file(
      final String file, final String name, final StreamOptions options, final long rows) {
    final Path folder = options.dataFolder();
    if (folder == null) {
      throw new StreamException(
          "stream '" + name + "' needs the folder that holds " + file + ".arff[.xz|.gz]");
    }
    return Stream.of(SUFFIXES)
        .flatMap(List::stream)
        .map(suffix -> folder.resolve(file + suffix))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(path -> new FileStream(path, null, rows))
        .orElseThrow(
            () ->
                new StreamException(
                    "stream '" + name + "': no " + file + ".arff[.xz|.gz] in " + folder));
  }
}
