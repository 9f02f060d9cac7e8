package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.Weights;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * After one step Adam's first moment is a tenth of the gradient: it must be the derivative of the
 * loss, taken numerically in double precision.
 */
class DenseMoeGradientTest {
  private static final double STEP = 1e-6;

  static Stream<GateSpec> gates() {
    return Stream.of(
        GateSpec.softmax(),
        GateSpec.parse("linear/softmax/balance(0.1,50)+1"),
        GateSpec.topK(1, 0),
        GateSpec.topK(1, 0.2),
        GateSpec.topK(2, 0.05),
        GateSpec.topK(5, 0.05),
        GateSpec.sigmoid(2, 0, 0),
        GateSpec.sigmoid(2, 1, 0.1),
        GateSpec.sigmoid(3, 2, 0.05));
  }

  @ParameterizedTest
  @MethodSource("gates")
  void gradientIsTheDerivativeOfTheLoss(final GateSpec gate) {
    final DenseMoeSpec spec = DenseMoeSpec.of(4, 6, 3, 5, gate, 11);
    final MoeState state = MoeState.create(spec);
    awaken(state);
    final double[] gateBefore = doubles(state.gate().theta);
    final double[][] before =
        IntStream.range(0, spec.totalExperts())
            .mapToObj(e -> doubles(state.expert(e).theta))
            .toArray(double[][]::new);
    final DenseBatch batch = Batches.random(spec, 13, 4, 5);

    new CpuMoe(state, new JavaProducts(), 13).submit(batch);

    final Float64Loss loss = new Float64Loss(spec, batch, state);
    check("gate", loss, gateBefore, before, gateBefore, state.gate());
    for (int e = 0; e < before.length; e++) {
      check("expert " + e, loss, gateBefore, before, before[e], state.expert(e));
    }
  }

  private static void check(
      final String what,
      final Float64Loss loss,
      final double[] gate,
      final double[][] experts,
      final double[] moved,
      final Weights learned) {
    double largest = 0;
    for (int i = 0; i < moved.length; i++) {
      final double at = moved[i];
      moved[i] = at + STEP;
      final double above = loss.of(gate, experts);
      moved[i] = at - STEP;
      final double below = loss.of(gate, experts);
      moved[i] = at;
      final double expected = (above - below) / (2 * STEP);
      largest = Math.max(largest, Math.abs(expected));
      assertEquals(expected, learned.m[i] / (1 - Adam.BETA1), 3e-6, what + ", parameter " + i);
    }
    assertTrue(learned.steps == 0 || largest > 1e-3, what + " has a gradient worth checking");
  }

  /** Weights large enough that gates differ between rows and biases matter. */
  private static void awaken(final MoeState state) {
    final SplittableRandom random = new SplittableRandom(3);
    for (int b = 0; b < state.chunkCount(); b++) {
      final float[] theta = state.weights(b).theta;
      for (int i = 0; i < theta.length; i++) {
        theta[i] = (float) (random.nextDouble() * 2 - 1);
      }
    }
  }

  private static double[] doubles(final float[] values) {
    final double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }
}
