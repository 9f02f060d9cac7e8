package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;
import java.nio.file.Path;
import java.util.List;

/** A stream that can be opened, as often as needed. */
public interface StreamSpec {

  /** Short and fit for ids and file names, for instance {@code led_a} or {@code electricity}. */
  String name();

  /** Events the stream is meant to have, or -1 where only reading it to the end can tell. */
  long length();

  /**
   * Opens the stream at its start.
   *
   * @param seed of everything random in the stream; files have nothing random
   * @param records events to deliver at most, and the length that drift positions scale with; -1
   *     for {@link #length}
   * @throws StreamException if the stream cannot be opened, or, from the source's methods, if it is
   *     found broken later
   */
  InstanceSource open(long seed, long records);

  /**
   * How a file is understood, in one line for the user; empty where there is no file to understand.
   *
   * @throws StreamException as {@link #open} does
   */
  default String understood() {
    return "";
  }

  /**
   * Changes known beforehand, in order; empty where nothing is known or the change never ends.
   *
   * @param records as for {@link #open}
   */
  List<DriftPoint> driftPoints(long records);

  /**
   * Understands what a user calls a stream:
   *
   * <ul>
   *   <li>a benchmark name: {@code led_a}, {@code led_g}, {@code sea_a}, {@code sea_g}, {@code
   *       rbf_m}, {@code rbf_f}, and, with a data folder, {@code elec}, {@code airl}, {@code covt},
   *       {@code mnist_split}, {@code mnist_permuted}, {@code mnist_rotated}; where a number is
   *       predicted {@code friedman_a}, {@code friedman_g}, and, with a data folder, {@code price};
   *   <li>a file whose name ends in {@code .arff}, {@code .csv}, {@code .tsv}, {@code .tab}, {@code
   *       .txt} or {@code .data}, also with {@code .gz} or {@code .xz} behind it;
   *   <li>{@code moa:} and the command line of a MOA stream.
   * </ul>
   *
   * @throws StreamException if the text is none of these
   */
  static StreamSpec parse(final String text, final StreamOptions options) {
    if (text.startsWith("moa:")) {
      return new MoaStream(text.substring("moa:".length()).trim());
    }
    final StreamSpec benchmark = BenchmarkStreams.find(text, options);
    if (benchmark != null) {
      return benchmark;
    }
    if (FileStream.isSupported(text)) {
      return new FileStream(Path.of(text), options, -1);
    }
    throw new StreamException(
        "'"
            + text
            + "' is not a stream: give one of "
            + String.join(", ", BenchmarkStreams.NAMES)
            + ", a file that ends in .arff or .csv (also .gz or .xz; .tsv, .tab, .txt and .data are"
            + " read as CSV), or moa: and the command line"
            + " of a MOA stream");
  }
}
