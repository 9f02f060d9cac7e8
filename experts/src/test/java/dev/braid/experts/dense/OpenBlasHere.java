package dev.braid.experts.dense;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.braid.experts.dense.DenseOptions.BackendChoice;

/** Skips a test, with the reason, where this platform has no OpenBLAS. */
final class OpenBlasHere {
  private OpenBlasHere() {}

  static Products products(final BackendChoice choice) {
    try {
      return CpuProducts.choose(choice);
    } catch (final IllegalStateException missing) {
      return abort(missing.getMessage() + ": " + missing.getCause());
    }
  }
}
