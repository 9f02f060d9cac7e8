package dev.braid.experts.moe.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import org.junit.jupiter.api.Test;

class SimilarScoreTest {
  private static final int ROWS = 32;

  /** How a gate of the same first weights weighs rows, after it saw so many batches. */
  private static float[] weights(final String score, final int batches) {
    final String text = "gate=" + score + "/softmax,expert=linear*4,learning-rate=1e-9";
    final MoeState state = MoeState.create(new DenseMoeSpec(4, 2, LayerSpec.parse(text), 3));
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    for (int i = 0; i < batches; i++) {
      layer.submit(Batches.random(state.spec, ROWS, 0, i));
    }
    final DenseBatch batch = Batches.random(state.spec, ROWS, 1, 99);
    layer.submit(batch);
    return batch.weights();
  }

  private static double spread(final float[] weights) {
    double squares = 0;
    for (int i = 0; i < weights.length; i++) {
      squares += Math.pow(weights[i] - weights[(i + 4) % weights.length], 2);
    }
    return squares;
  }

  @Test
  void rowsAreWeighedMoreAlikeTheMoreRowsLikeThemAreRemembered() {
    final double alone = spread(weights("linear", 4));
    final double few = spread(weights("similar(8,1)", 4));
    final double many = spread(weights("similar(64,1)", 4));
    assertTrue(many < few && few < alone, many + ", " + few + ", alone " + alone);
  }

  @Test
  void withoutAnyRememberedItIsLinear() {
    assertArrayEquals(weights("linear", 0), weights("similar", 0));
  }
}
