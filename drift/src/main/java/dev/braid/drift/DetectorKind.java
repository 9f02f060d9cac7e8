package dev.braid.drift;

import dev.braid.spec.Described;
import dev.braid.spec.Memo;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * A kind of drift detector in the registry {@link Detectors#REGISTRY}. One of another module is a
 * subclass with a public constructor without parameters, named in {@code
 * META-INF/services/dev.braid.drift.DetectorKind}.
 */
public class DetectorKind extends Described {
  /** Range of the options that are chances of a false alarm. */
  static final double LEAST_CHANCE = 1e-12;

  static final double HIGHEST_CHANCE = 0.99;

  private final Function<Options, DriftDetector> opener;
  private final Function<ImageReader, DriftDetector> reader;
  private final Memo<List<Object>, String> specs = new Memo<>(this::text);

  /**
   * @param name as users write it
   * @param description one sentence on what it is
   * @param options in the order in which they can be given without their names
   * @param opener makes one that has taken nothing yet; throws IllegalArgumentException with one
   *     sentence if an option is out of its range
   * @param reader reads what {@link DriftDetector#write} of such a detector wrote
   */
  protected DetectorKind(
      final String name,
      final String description,
      final List<Option> options,
      final Function<Options, DriftDetector> opener,
      final Function<ImageReader, DriftDetector> reader) {
    super(name, description, options);
    this.opener = opener;
    this.reader = reader;
  }

  final DriftDetector open(final Options chosen) {
    return opener.apply(chosen);
  }

  final DriftDetector read(final ImageReader in) {
    return reader.apply(in);
  }

  /** The text for options of these values, which are in the order of the options. */
  protected final String spec(final Object... values) {
    return specs.of(List.of(values));
  }

  private String text(final List<Object> values) {
    final StringJoiner text = new StringJoiner(",", name() + "(", ")");
    for (int i = 0; i < values.size(); i++) {
      text.add(options().get(i).name() + "=" + values.get(i));
    }
    return text.toString();
  }
}
