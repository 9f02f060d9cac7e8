package dev.braid.experts.moe.kind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What tells each kind of expert from the others. */
class KindsTest {
  private static final int ROWS = 16;

  private static MoeState state(final String parts) {
    return MoeState.create(new DenseMoeSpec(4, 2, LayerSpec.parse(parts), 2));
  }

  @Test
  void filmLearnsInItsOwnModulationAndInTheNetThatAllShare() {
    final MoeState state = state("gate=top-k(1),expert=film(6)*3+mlp(5)*2");
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    assertEquals(12, state.expert(0).layout().size());
    assertEquals(1 + 5 + 1, state.chunkCount());
    final float[] shared = state.shared(0).theta.clone();
    assertEquals(4 * 6 + 6 + 2 * 6 + 2, shared.length);
    state.markClean();
    final DenseBatch batch = Batches.random(state.spec, ROWS, 0, 1);
    layer.submit(batch);
    boolean film = false;
    for (int e = 0; e < 5; e++) {
      assertEquals(batch.load()[e] > 0, state.expert(e).dirty);
      film |= e < 3 && batch.load()[e] > 0;
    }
    assertEquals(film, state.shared(0).dirty);
    assertEquals(film, !Arrays.equals(shared, state.shared(0).theta));
    assertTrue(film, "an expert of the kind was chosen");
  }

  @Test
  void windowKnowsARowOnceItSawIt() {
    final MoeState state = state("gate=softmax,expert=window(64),learning-rate=1e-9");
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    final SplittableRandom random = new SplittableRandom(3);
    final double[][] rows = new double[ROWS][];
    for (int r = 0; r < ROWS; r++) {
      rows[r] =
          new double[] {
            random.nextDouble(), random.nextDouble(), random.nextDouble(), random.nextDouble()
          };
    }
    assertFalse(said(layer, rows)[0] > 0.6);
    // No function of the inputs: a row's label is its index's last bit.
    final DenseBatch batch = new DenseBatch(state.spec, ROWS, false);
    for (int r = 0; r < ROWS; r++) {
      batch.add(rows[r], r % 2);
    }
    layer.submit(batch);
    final float[] known = said(layer, rows);
    for (int r = 0; r < ROWS; r++) {
      assertTrue(known[2 * r + r % 2] > 0.9, "row " + r + ": " + known[2 * r + r % 2]);
    }
    // 64 further rows drive those out.
    for (int i = 0; i < 4; i++) {
      layer.submit(Batches.random(state.spec, ROWS, 0, i));
    }
    final float[] forgotten = said(layer, rows);
    int right = 0;
    for (int r = 0; r < ROWS; r++) {
      right += forgotten[2 * r + r % 2] > 0.9 ? 1 : 0;
    }
    assertTrue(right < ROWS, "the rows are forgotten");
  }

  private static float[] said(final CpuMoe layer, final double[][] rows) {
    final DenseBatch batch = new DenseBatch(layer.state().spec, ROWS, false);
    for (final double[] row : rows) {
      batch.add(row, -1);
    }
    layer.submit(batch);
    return batch.probabilities();
  }
}
