package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.experts.moa.MoaExpert;
import dev.braid.image.ImageReader;
import dev.braid.image.MalformedImageException;
import java.util.function.IntFunction;

/** Opens experts by name and reads saved ones back by kind. */
public final class Experts {
  private static final String MOA_PREFIX = "moa:";

  private Experts() {}

  /**
   * Opens an untrained expert.
   *
   * @param name {@code moa:} and the command line of any MOA classifier
   * @param seed of what is random in the expert
   * @throws IllegalArgumentException if there is no such expert
   */
  public static Expert open(final String name, final Schema schema, final long seed) {
    if (name.startsWith(MOA_PREFIX)) {
      try {
        return new MoaExpert(schema, name.substring(MOA_PREFIX.length()), seed);
      } catch (final NoClassDefFoundError e) {
        throw new IllegalArgumentException(
            "expert '" + name + "' needs MOA's jar on the class path", e);
      }
    }
    throw new IllegalArgumentException(
        "there is no expert '" + name + "'; known is moa:CLASSIFIER with MOA's command line");
  }

  /**
   * Reads a saved expert back.
   *
   * @param kind as {@link Expert#kind()} named it
   * @param schema as it was when the expert was saved
   * @param blocks the saved blocks by number
   * @throws MalformedImageException if kind or blocks are not those of an expert
   */
  public static Expert read(
      final String kind,
      final Schema schema,
      final int blockCount,
      final IntFunction<ImageReader> blocks) {
    return switch (kind) {
      case "moa" -> MoaExpert.read(schema, blockCount, blocks);
      default -> throw new MalformedImageException("there is no expert of kind '" + kind + "'");
    };
  }
}
