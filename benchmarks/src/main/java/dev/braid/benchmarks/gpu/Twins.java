package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How far a device and the CPU in plain Java are apart after the same batches: 200 steps of a layer
 * that learns the sign of a product.
 */
final class Twins {
  private static final int STEPS = 200;
  private static final int ROWS = 64;
  private static final int INPUTS = 64;
  private static final int CLASSES = 10;
  private static final DenseOptions CPU = new DenseOptions(BackendChoice.JAVA, ROWS);

  private Twins() {}

  /** Differences as shares of the largest output of a batch, and of a step's loss. */
  private record Distance(double output, double loss) {}

  static void compare() throws NoDevice {
    // Without a device the CPU is its own twin, to show that all is here.
    final Distance own = distance(GateSpec.softmax(), CPU, 10);
    if (own.output() != 0 || own.loss() != 0) {
      throw new IllegalStateException("the CPU differs from itself: " + own);
    }
    GpuCheck.requireDevice();
    System.out.println("| precision | gate | largest difference of an output | of a step's loss |");
    System.out.println("|---|---|---|---|");
    Distance worst = new Distance(0, 0);
    for (final Precision precision : Precision.values()) {
      for (final GateSpec gate :
          new GateSpec[] {
            GateSpec.softmax(), GateSpec.topK(2, 0.01), GateSpec.sigmoid(2, 1, 0.01)
          }) {
        final Distance one =
            distance(gate, new DenseOptions(BackendChoice.CUDA, ROWS).with(precision), STEPS);
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %.2e | %.2e |%n",
            precision,
            gate.text(),
            one.output(),
            one.loss());
        if (precision == Precision.FP32) {
          worst =
              new Distance(
                  largest(worst.output(), one.output()), largest(worst.loss(), one.loss()));
        }
      }
    }
    Goals.atMost("twin-outputs-fp32", 1e-3, worst.output());
    Goals.atMost("twin-losses-fp32", 1e-4, worst.loss());
  }

  private static Distance distance(
      final GateSpec gate, final DenseOptions options, final int steps) {
    final DenseMoeSpec spec = DenseMoeSpec.of(INPUTS, 256, CLASSES, 8, gate, 17);
    double output = 0;
    double loss = 0;
    try (DenseMoe cpu = DenseMoe.open(spec, CPU);
        DenseMoe twin = DenseMoe.open(spec, options)) {
      final DenseBatch one = new DenseBatch(spec, ROWS, false);
      final DenseBatch other = new DenseBatch(spec, ROWS, false);
      for (int i = 0; i < steps; i++) {
        fill(one, i);
        fill(other, i);
        cpu.step(one);
        twin.step(other);
        output = largest(output, difference(one.probabilities(), other.probabilities()));
        final double expected = loss(one);
        loss = largest(loss, Math.abs(expected - loss(other)) / expected);
      }
      if (options.backend() == BackendChoice.CUDA && twin.deviceBytes() == 0) {
        throw new IllegalStateException("the device failed: " + twin.backend());
      }
    }
    return new Distance(output, loss);
  }

  private static void fill(final DenseBatch batch, final int step) {
    final SplittableRandom random = new SplittableRandom(step);
    final double[] x = new double[INPUTS];
    batch.clear();
    for (int r = 0; r < ROWS; r++) {
      Arrays.setAll(x, i -> random.nextDouble() * 2 - 1);
      final int label = (x[0] * x[1] > 0 ? 1 : 0) + 2 * (int) ((x[2] + 1) * 2.5);
      batch.add(x, r % 6 == 5 ? -1 : Math.min(label, CLASSES - 1));
    }
  }

  private static double loss(final DenseBatch batch) {
    double loss = 0;
    for (int r = 0; r < ROWS; r++) {
      final int label = batch.labels()[r];
      loss -= label < 0 ? 0 : Math.log(batch.probabilities()[r * CLASSES + label]);
    }
    return loss;
  }

  private static double difference(final float[] one, final float[] other) {
    double difference = 0;
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      difference = largest(difference, Math.abs(one[i] - other[i]));
      most = Math.max(most, one[i]);
    }
    return difference / most;
  }

  /** The larger one, where what is not a number is larger than all. */
  private static double largest(final double one, final double other) {
    return other <= one ? one : other;
  }
}
