package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Runs a backend beside the CPU backend in plain Java: the same seeds, the same batches. */
public final class TwinSteps {
  public static final int ROWS = 24;
  private static final int STEPS = 200;

  private TwinSteps() {}

  /**
   * Asserts that a backend stays as close to the CPU as its precision promises.
   *
   * @param twin opens the backend with that precision
   */
  public static void compare(
      final GateSpec gate, final Precision precision, final Function<MoeState, Backend> twin) {
    final Distance promised = promised(precision, gate.equals(GateSpec.softmax()));
    final Distance seen = distance(gate, twin);
    assertTrue(
        seen.output() <= promised.output() && seen.loss() <= promised.loss(),
        () -> precision + " over " + STEPS + " steps: " + seen + ", promised " + promised);
  }

  /**
   * In low precision a gate that chooses may send a row to another expert, where two of them fit it
   * alike: such a row's output may be any, and what is promised is the loss.
   */
  private static Distance promised(final Precision precision, final boolean allExperts) {
    return switch (precision) {
      case FP32 -> new Distance(1e-3, 1e-4);
      case TF32 -> allExperts ? new Distance(2e-3, 4e-4) : new Distance(1, 5e-2);
      case BF16 -> allExperts ? new Distance(2e-2, 5e-3) : new Distance(1, 5e-2);
    };
  }

  /**
   * How far two backends are apart.
   *
   * @param output largest difference of an output, as a share of the largest output of its batch
   * @param loss largest difference of a step's loss, as a share of it
   */
  private record Distance(double output, double loss) {}

  private static Distance distance(final GateSpec gate, final Function<MoeState, Backend> twin) {
    final DenseMoeSpec spec = new DenseMoeSpec(5, 10, 3, 4, gate, 1e-3, 17);
    final DenseBatch one = new DenseBatch(spec, ROWS, false);
    final DenseBatch other = new DenseBatch(spec, ROWS, false);
    double output = 0;
    double loss = 0;
    try (Backend cpu = new CpuMoe(MoeState.create(spec), new JavaProducts(), ROWS);
        Backend device = twin.apply(MoeState.create(spec))) {
      for (int i = 0; i < STEPS; i++) {
        Batches.fill(one, ROWS, 6, new SplittableRandom(i));
        Batches.fill(other, ROWS, 6, new SplittableRandom(i));
        cpu.submit(one);
        device.submit(other);
        device.await(other);
        output = largest(output, difference(one.probabilities(), other.probabilities()));
        final double expected = Batches.loss(one);
        loss = largest(loss, Math.abs(expected - Batches.loss(other)) / expected);
      }
    }
    return new Distance(output, loss);
  }

  private static double difference(final float[] one, final float[] other) {
    double difference = 0;
    double most = 0;
    for (int j = 0; j < one.length; j++) {
      difference = largest(difference, Math.abs(one[j] - other[j]));
      most = Math.max(most, one[j]);
    }
    return difference / most;
  }

  /** The larger one, where what is not a number is larger than all. */
  private static double largest(final double one, final double other) {
    return other <= one ? one : other;
  }
}
