package dev.braid.drift;

import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;

/** All drift detectors: opened by text, saved with their names, read back. */
public final class Detectors {
  /** What there is, by name. */
  public static final Registry<DetectorKind> REGISTRY =
      Registry.withServices(
          "detector",
          List.of(Adwin.KIND, Ddm.KIND, HddmA.KIND, HddmW.KIND, Kswin.KIND, PageHinkley.KIND),
          DetectorKind.class);

  private Detectors() {}

  /**
   * A detector that has taken nothing yet.
   *
   * @param spec for instance {@code adwin} or {@code ddm(warm-up=50,level=2.5)}
   * @throws IllegalArgumentException with one sentence, if there is no such detector or option, or
   *     an option is out of its range
   */
  public static DriftDetector open(final String spec) {
    final Term term = Term.parse(spec);
    if (term.count() != 1) {
      throw new IllegalArgumentException("'" + spec + "' asks for more than one detector");
    }
    return REGISTRY.find(term.name()).open(REGISTRY.options(term));
  }

  /** Writes a detector of any kind: the name of its kind (a string), then its state. */
  public static void write(final DriftDetector detector, final ImageWriter out) {
    out.putString(detector.kind().name());
    detector.write(out);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not a detector that is known here
   */
  public static DriftDetector read(final ImageReader in) {
    final String name = in.getString();
    if (!REGISTRY.has(name)) {
      throw new MalformedImageException("there is no detector '" + name + "'");
    }
    return REGISTRY.find(name).read(in);
  }
}
