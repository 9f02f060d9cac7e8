package dev.braid.moa;

import dev.braid.data.GeneratorKind;
import dev.braid.data.InstanceSource;

/** MOA's streams; loads without MOA, opens none without it. */
public final class MoaStreams implements GeneratorKind {
  @Override
  public String name() {
    return "moa";
  }

  @Override
  public InstanceSource open(final String commandLine) {
    try {
      return new MoaSource(commandLine);
    } catch (final NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "this stream is made by MOA, which is not on the class path (class "
              + e.getMessage()
              + ")",
          e);
    }
  }
}
