package dev.braid.experts.moe.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lives that change which experts there are: what tells each from the others. */
class PoolLivesTest {
  private static final int ROWS = 16;
  private final SplittableRandom random = new SplittableRandom(4);

  private static MoeState state(final String parts) {
    return MoeState.create(new DenseMoeSpec(2, 2, LayerSpec.parse(parts), 6));
  }

  /** Steps on rows whose class is the sign of one input, or, turned, its opposite. */
  private void run(final MoeState state, final int steps, final boolean turned) {
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);
    final DenseBatch batch = new DenseBatch(state.spec, ROWS, false);
    for (int i = 0; i < steps; i++) {
      batch.clear();
      for (int r = 0; r < ROWS; r++) {
        final double a = random.nextDouble() * 2 - 1;
        batch.add(new double[] {a, random.nextDouble()}, a > 0 ^ turned ? 1 : 0);
      }
      layer.submit(batch);
    }
  }

  private static int alive(final MoeState state) {
    int count = 0;
    for (final boolean there : state.alive) {
      count += there ? 1 : 0;
    }
    return count;
  }

  @Test
  void spawnBeginsWithOneExpertAndCopiesTheBusiestEverySoManySteps() {
    final MoeState state = state("expert=mlp(4)*3,life=spawn(1,10)");
    assertEquals(1, alive(state));
    run(state, 9, false);
    assertEquals(1, alive(state));
    run(state, 1, false);
    assertEquals(2, alive(state));
    final float[] one = state.expert(0).theta;
    final float[] copy = state.expert(1).theta;
    int moved = 0;
    for (int i = 0; i < one.length; i++) {
      assertTrue(Math.abs(copy[i] - one[i]) <= 0.2f * Math.abs(one[i]) + 1e-7f);
      moved += copy[i] == one[i] ? 0 : 1;
    }
    assertTrue(moved > one.length / 2, moved + " of " + one.length + " parameters moved");
    run(state, 30, false);
    assertEquals(3, alive(state));
  }

  @Test
  void spawnCopiesWhenErrorsRise() {
    final MoeState state = state("expert=mlp(4)*3,life=spawn(1,0),learning-rate=0.01");
    run(state, 300, false);
    assertEquals(1, alive(state));
    run(state, 20, true);
    assertTrue(alive(state) > 1, "an expert came");
  }

  @Test
  void pruneRetiresWhoIsUsedClearlyLessThanItsPart() {
    final MoeState used = state("gate=softmax,expert=mlp(4)*3,life=prune(0.9,50)");
    run(used, 200, false);
    assertEquals(3, alive(used), "all learn from all rows");
    final MoeState unused = state("gate=top-k(1),expert=mlp(4)*3,life=prune(0.9,50)");
    run(unused, 49, false);
    assertEquals(3, alive(unused));
    run(unused, 1, false);
    assertEquals(2, alive(unused));
    run(unused, 2000, false);
    assertTrue(alive(unused) >= 1);
  }
}
