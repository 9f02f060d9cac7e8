package dev.braid.drift;

import dev.braid.spec.Entry;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * A kind of drift detector.
 *
 * @param name as users write it
 * @param description one sentence on what it is
 * @param options in the order in which they can be given without their names
 * @param opener makes one that has taken nothing yet; throws IllegalArgumentException with one
 *     sentence if an option is out of its range
 * @param reader reads what {@link DriftDetector#write} of such a detector wrote
 */
public record DetectorKind(
    String name,
    String description,
    List<Option> options,
    Function<Options, DriftDetector> opener,
    Function<ImageReader, DriftDetector> reader)
    implements Entry {

  /** Range of the options that are chances of a false alarm. */
  static final double LEAST_CHANCE = 1e-12;

  static final double HIGHEST_CHANCE = 0.99;

  public DetectorKind {
    options = List.copyOf(options);
  }

  /** The text for options of these values, which are in the order of the options. */
  String spec(final Object... values) {
    final StringJoiner text = new StringJoiner(",", name + "(", ")");
    for (int i = 0; i < values.length; i++) {
      text.add(options.get(i).name() + "=" + values[i]);
    }
    return text.toString();
  }
}
