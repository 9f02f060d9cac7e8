package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Few small steps that touch every kernel, for tools that slow a program down a thousandfold. */
final class ShortStep {
  private static final int ROWS = 20;
  private static final int INPUTS = 33;
  private static final int CLASSES = 5;

  /** The first of a kind runs as it is, the second is recorded, the third is launched alone. */
  private static final int STEPS = 3;

  private ShortStep() {}

  static void run() throws NoDevice {
    GpuCheck.requireDevice();
    for (final Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
      for (final GateSpec gate :
          new GateSpec[] {
            GateSpec.softmax(), GateSpec.topK(2, 0.01), GateSpec.sigmoid(2, 1, 0.01)
          }) {
        steps(gate, new DenseOptions(BackendChoice.CUDA, ROWS).with(precision));
      }
    }
  }

  /** All experts on the device, then, where the gate chooses, only some of them at once. */
  private static void steps(final GateSpec gate, final DenseOptions options) {
    final DenseMoeSpec spec = DenseMoeSpec.of(INPUTS, 65, CLASSES, 6, gate, 3);
    final long all = steps(spec, options);
    if (!gate.equals(GateSpec.softmax())) {
      steps(spec, options.on(0, all - spec.expertBytes() / 3));
    }
  }

  private static long steps(final DenseMoeSpec spec, final DenseOptions options) {
    try (DenseMoe layer = DenseMoe.open(spec, options)) {
      final DenseBatch batch = new DenseBatch(spec, ROWS, true);
      final SplittableRandom random = new SplittableRandom(1);
      final double[] x = new double[INPUTS];
      for (int i = 0; i < STEPS; i++) {
        batch.clear();
        for (int r = 0; r < ROWS; r++) {
          Arrays.setAll(x, j -> random.nextDouble() * 2 - 1);
          batch.add(x, r % 4 == 3 ? -1 : random.nextInt(CLASSES));
        }
        layer.step(batch);
      }
      layer.markClean();
      if (layer.deviceBytes() == 0) {
        throw new IllegalStateException("the device failed: " + layer.backend());
      }
      System.out.println(
          spec.gate().text() + ", " + STEPS + " steps on " + layer.backend() + ": done");
      return layer.deviceBytes();
    }
  }

  /** One step as it is, without a graph, so that a profiler sees every kernel. */
  static void one(final DenseCase shape, final Precision precision) throws NoDevice {
    GpuCheck.requireDevice();
    final DenseOptions options = new DenseOptions(BackendChoice.CUDA, shape.rows());
    try (DenseMoe layer = DenseMoe.open(shape.spec(), options.with(precision))) {
      layer.step(shape.batch(1));
      System.out.println("One step on " + layer.backend());
    }
  }
}
