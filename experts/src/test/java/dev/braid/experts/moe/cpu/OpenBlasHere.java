package dev.braid.experts.moe.cpu;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;

/** Skips a test, with the reason, where this platform has no OpenBLAS. */
public final class OpenBlasHere {
  private OpenBlasHere() {}

  public static Products products(final BackendChoice choice) {
    try {
      return CpuProducts.choose(choice);
    } catch (final IllegalStateException missing) {
      return abort(missing.getMessage() + ": " + missing.getCause());
    }
  }
}
