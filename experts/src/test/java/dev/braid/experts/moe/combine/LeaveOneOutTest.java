package dev.braid.experts.moe.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LeaveOneOutTest {
  private static final int ROWS = 8;

  private static MoeState state(final int experts) {
    final String text = "gate=softmax,expert=mlp(6)*" + experts + ",combine=leave-one-out(5)";
    return MoeState.create(new DenseMoeSpec(4, 2, LayerSpec.parse(text), 3));
  }

  private static double logOdds(final float[] probabilities, final int at) {
    return Math.log(probabilities[2 * at]) - Math.log(probabilities[2 * at + 1]);
  }

  @Test
  void theWeightOfAnExpertIsThatOfTheSumWithoutIt() {
    final MoeState state = state(3);
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    for (int i = 0; i < 40; i++) {
      layer.submit(Batches.random(state.spec, ROWS, 0, i));
    }
    final DenseBatch batch = Batches.random(state.spec, ROWS, 1, 99);
    layer.submit(batch);
    for (int r = 0; r < ROWS; r++) {
      double expected = 0;
      for (int out = 0; out < 3; out++) {
        for (int e = 0; e < 3; e++) {
          final double weight = e == out ? 0 : 1.5 * batch.weights()[3 * r + out];
          expected += weight * logOdds(batch.expertProbabilities(), 3 * r + e);
        }
      }
      assertEquals(expected, logOdds(batch.probabilities(), r), 1e-3);
    }
  }

  @Test
  void theWeightsLearnInEveryFifthStepAlone() {
    final MoeState state = state(2);
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    final float[] gate = state.gate().theta.clone();
    for (int i = 0; i < 4; i++) {
      final float[] expert = state.expert(0).theta.clone();
      layer.submit(Batches.random(state.spec, ROWS, 0, i));
      assertArrayEquals(gate, state.gate().theta);
      assertFalse(Arrays.equals(expert, state.expert(0).theta));
    }
    layer.submit(Batches.random(state.spec, ROWS, 0, 4));
    assertFalse(Arrays.equals(gate, state.gate().theta));
  }
}
