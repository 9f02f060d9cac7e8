package dev.braid.experts.moe.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReconstructScoreTest {
  private static final int ROWS = 16;

  /** Rows of two groups, each of which lies on a curve of its own. */
  private static void fill(final DenseBatch batch, final int group, final SplittableRandom random) {
    batch.clear();
    for (int r = 0; r < ROWS; r++) {
      final double t = random.nextDouble() * 2 - 1;
      final double[] x = group == 0 ? new double[] {t, 2 * t * t, 1} : new double[] {-1, t, -2 * t};
      batch.add(x, random.nextInt(2));
    }
  }

  @Test
  void anExpertIsAskedForWhatItCanReconstruct() {
    final LayerSpec layer =
        LayerSpec.parse(
            "gate=reconstruct(1)/top-k(1)/balance(0.03,256),expert=linear*2,learning-rate=0.01");
    final MoeState state = MoeState.create(new DenseMoeSpec(3, 2, layer, 5));
    final CpuMoe moe = new CpuMoe(state, new JavaProducts(), ROWS);
    final DenseBatch batch = new DenseBatch(state.spec, ROWS, false);
    final SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 2000; i++) {
      fill(batch, i % 2, random);
      moe.submit(batch);
    }
    final int[][] asked = new int[2][2];
    for (int group = 0; group < 2; group++) {
      fill(batch, group, random);
      moe.submit(batch);
      for (int e = 0; e < 2; e++) {
        asked[group][e] = batch.load()[e];
      }
    }
    final int own = asked[0][0] > asked[0][1] ? 0 : 1;
    assertTrue(asked[0][own] >= 14 && asked[1][1 - own] >= 14, Arrays.deepToString(asked));
    assertEquals(ROWS, asked[0][0] + asked[0][1]);
  }
}
