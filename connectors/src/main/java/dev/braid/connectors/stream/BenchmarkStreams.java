package dev.braid.connectors.stream;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The nine streams of the DriftMoE paper, task sequences over MNIST, and streams of numbers, by
 * their names.
 */
final class BenchmarkStreams {
  static final List<String> NAMES =
      List.of(
          "led_a",
          "led_g",
          "sea_a",
          "sea_g",
          "rbf_m",
          "rbf_f",
          "elec",
          "airl",
          "covt",
          "mnist_split",
          "mnist_permuted",
          "mnist_rotated",
          "friedman_a",
          "friedman_g",
          "price");

  /** The price of electricity, without the class that is made of it. */
  private static final StreamOptions PRICE =
      new StreamOptions(
          null,
          TableFormat.FOUND,
          new TableColumns("nswprice", List.of("class"), List.of(), List.of()));

  private static final long COVERTYPE_ROWS = 100_000;
  private static final List<String> COMPRESSIONS = List.of("", ".xz", ".gz");

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
      case "elec" -> table("electricity", name, options, -1);
      case "airl" -> table("airlines", name, options, -1);
      case "covt" -> table("covtype100k", name, options, COVERTYPE_ROWS);
      case "mnist_split" -> mnist(name, MnistTasks.Kind.SPLIT, options);
      case "mnist_permuted" -> mnist(name, MnistTasks.Kind.PERMUTED, options);
      case "friedman_a" -> new FriedmanStream(name, 0);
      case "friedman_g" -> new FriedmanStream(name, 10_000);
      case "price" -> new FileStream(file("electricity.arff", name, options), PRICE, -1);
      case "mnist_rotated" -> mnist(name, MnistTasks.Kind.ROTATED, options);
      default -> null;
    };
  }

  private static StreamSpec table(
      final String file, final String name, final StreamOptions options, final long rows) {
    return new FileStream(file(file + ".arff", name, options), StreamOptions.DEFAULT, rows);
  }

  private static StreamSpec mnist(
      final String name, final MnistTasks.Kind kind, final StreamOptions options) {
    return new MnistTasks(name, kind, file("mnist10k.csv", name, options));
  }

  private static Path file(final String file, final String name, final StreamOptions options) {
    final Path folder = options.dataFolder();
    if (folder == null) {
      throw new StreamException(
          "stream '"
              + name
              + "' needs the folder that holds "
              + file
              + "[.xz|.gz]: give it with --data, or set the variable BRAID_DATA");
    }
    return COMPRESSIONS.stream()
        .map(suffix -> folder.resolve(file + suffix))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new StreamException(
                    "stream '" + name + "': no " + file + "[.xz|.gz] in " + folder));
  }
}
