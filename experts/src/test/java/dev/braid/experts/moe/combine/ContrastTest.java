package dev.braid.experts.moe.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import org.junit.jupiter.api.Test;

class ContrastTest {
  private static final int ROWS = 8;

  /** What a layer says of some rows after it learned from others. */
  private static float[] said(final String combine, final int chosen) {
    final String text = "gate=top-k(" + chosen + ")+1,expert=mlp(6)*4,combine=" + combine;
    final MoeState state = MoeState.create(new DenseMoeSpec(4, 2, LayerSpec.parse(text), 3));
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    for (int i = 0; i < 20; i++) {
      layer.submit(Batches.random(state.spec, ROWS, 0, i));
    }
    final DenseBatch batch = Batches.random(state.spec, ROWS, 1, 99);
    layer.submit(batch);
    return batch.probabilities();
  }

  private static double logOdds(final float[] probabilities, final int row) {
    return Math.log(probabilities[2 * row]) - Math.log(probabilities[2 * row + 1]);
  }

  @Test
  void addsWhatTheSumHasOverTheWeakestAndLearnsAsTheSum() {
    final float[] sum = said("sum", 2);
    final float[] once = said("contrast(0.5)", 2);
    final float[] twice = said("contrast(1)", 2);
    assertArrayEquals(sum, said("contrast(0)", 2));
    for (int r = 0; r < ROWS; r++) {
      final double added = logOdds(once, r) - logOdds(sum, r);
      assertNotEquals(0, added);
      assertEquals(2 * added, logOdds(twice, r) - logOdds(sum, r), 1e-4);
    }
  }

  @Test
  void aRowOfOneExpertHasNothingToContrast() {
    assertArrayEquals(said("sum", 1), said("contrast(1)", 1));
  }
}
