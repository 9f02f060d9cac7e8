package dev.braid.moa;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.state.image.ImageReader;
import java.util.function.IntFunction;

/** MOA's classifiers as a kind of expert; loads without MOA, opens none without it. */
public final class MoaExperts implements ExpertKind {
  private static final String KIND = "moa";

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public Expert open(final String arguments, final Schema schema, final long seed) {
    try {
      return new MoaExpert(schema, arguments, seed);
    } catch (final NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "expert 'moa:" + arguments + "' needs MOA's jar on the class path", e);
    }
  }

  @Override
  public Expert read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> blocks) {
    return MoaExpert.read(schema, chunkCount, blocks);
  }
}
