package dev.braid.benchmarks.jmh;

import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.ludovic.netlib.blas.NativeBLAS;

/** OpenBLAS as the dense layer loads it. */
final class OpenBlas {
  private OpenBlas() {}

  /** Loads the library by opening a layer on it, which keeps it to one thread. */
  static NativeBLAS onOneThread() {
    final DenseMoeSpec spec = DenseMoeSpec.of(2, 2, 2, 2, GateSpec.softmax(), 1);
    DenseMoe.open(spec, new DenseOptions(BackendChoice.OPENBLAS, 1)).close();
    return NativeBLAS.getInstance();
  }
}
