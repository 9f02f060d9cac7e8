package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import java.util.function.IntFunction;

/** A kind of expert from another module, found as a service by {@link Experts}. */
public interface ExpertKind {
  /** As {@link Expert#kind()} says it, and as the texts that open one begin, a colon behind it. */
  String name();

  /**
   * Opens an untrained expert.
   *
   * @param arguments what follows the colon
   * @throws IllegalArgumentException if they are not understood
   */
  Expert open(String arguments, Schema schema, long seed);

  /** Reads a saved expert back. */
  Expert read(Schema schema, int chunkCount, IntFunction<ImageReader> blocks);
}
