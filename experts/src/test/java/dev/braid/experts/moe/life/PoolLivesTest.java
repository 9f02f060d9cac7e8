package dev.braid.experts.moe.life;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

  @Test
  void spawnMayFreezeTheExpertThatItCopiedAndDrawUnitsOfTheCopyAnew() {
    final MoeState state = state("expert=mlp(4)*2,life=spawn(1,10,0,1,true)");
    run(state, 10, false);
    final float[] old = state.expert(0).theta.clone();
    final float[] copy = state.expert(1).theta.clone();
    for (int i = 0; i < 4 * 2 + 4; i++) {
      assertNotEquals(old[i], copy[i], "unit " + i);
    }
    assertEquals(old[old.length - 1], copy[copy.length - 1], "the outputs' biases are no unit's");
    run(state, 5, false);
    assertArrayEquals(old, state.expert(0).theta);
    assertNotEquals(copy[0], state.expert(1).theta[0]);
  }

  @Test
  void anchorHoldsWhatMatteredOnceErrorsRose() {
    final float free = moved("none");
    final float held = moved("anchor(10)");
    assertTrue(held < 0.7f * free, held + " of " + free);
  }

  /** How far an expert goes after what it learned turns into its opposite. */
  private float moved(final String life) {
    final MoeState plain = state("gate=softmax,expert=mlp(4),learning-rate=0.01,life=" + life);
    final PoolLivesTest rows = new PoolLivesTest();
    rows.run(plain, 300, false);
    rows.run(plain, 20, true);
    final float[] before = plain.expert(0).theta.clone();
    rows.run(plain, 100, true);
    float sum = 0;
    for (int i = 0; i < before.length; i++) {
      sum += Math.abs(plain.expert(0).theta[i] - before[i]);
    }
    return sum;
  }

  @Test
  void afterErrorsRoseOnlyTheExpertsThatTheNewRowsUseLearn() {
    final MoeState state =
        state("gate=softmax,expert=mlp(4)*4,learning-rate=0.01,life=select(0.3,64)");
    run(state, 300, false);
    run(state, 30, true);
    final float[][] before = new float[4][];
    for (int e = 0; e < 4; e++) {
      before[e] = state.expert(e).theta.clone();
    }
    run(state, 1, true);
    int learned = 0;
    for (int e = 0; e < 4; e++) {
      learned += Arrays.equals(before[e], state.expert(e).theta) ? 0 : 1;
    }
    assertTrue(learned >= 1 && learned <= 2, learned + " experts learn");
  }

  @Test
  void splitDealsTheUnitsOfOneNetOutAndSaysAtFirstWhatThatSaid() {
    for (final String how : new String[] {"true", "false", "false,0,true"}) {
      final MoeState split = state("expert=mlp(8)*2,life=split(20," + how + ")");
      final MoeState later = state("expert=mlp(8)*2,life=split(99," + how + ")");
      new PoolLivesTest().run(split, 20, false);
      new PoolLivesTest().run(later, 20, false);
      assertEquals(2, alive(split));
      assertEquals(1, alive(later));
      assertArrayEquals(said(later), said(split), 1e-5f);
      int silent = 0;
      for (int u = 0; u < 8; u++) {
        final int w2 = split.expert(0).layout().at("w2");
        silent += split.expert(0).theta[w2 + u] == 0 ? 1 : 0;
      }
      assertEquals(4, silent, "half of the units are the other's");
    }
  }

  @Test
  void splitMayKeepTheMostActiveUnitsInAllExperts() {
    final MoeState split = state("expert=mlp(8)*2,life=split(20,true,0.25)");
    final MoeState later = state("expert=mlp(8)*2,life=split(99,true,0.25)");
    new PoolLivesTest().run(split, 20, false);
    new PoolLivesTest().run(later, 20, false);
    assertArrayEquals(said(later), said(split), 1e-5f);
    final int w2 = split.expert(0).layout().at("w2");
    int shared = 0;
    int least = ROWS;
    int most = 0;
    for (int u = 0; u < 8; u++) {
      final boolean inBoth =
          split.expert(0).theta[w2 + u] != 0 && split.expert(1).theta[w2 + u] != 0;
      shared += inBoth ? 1 : 0;
      least = inBoth ? Math.min(least, active(later, u)) : least;
      most = inBoth ? most : Math.max(most, active(later, u));
    }
    assertEquals(2, shared);
    assertTrue(least >= most - 2, "units on for " + least + " rows stay, others for " + most);
  }

  @Test
  void unitsThatAreOnTogetherGoTogether() {
    final MoeState whole = state("expert=mlp(8)*2,life=split(99)");
    new PoolLivesTest().run(whole, 20, false);
    final int byChance = pairsOnTogether(whole, "true");
    final int byActivity = pairsOnTogether(whole, "false,0,true");
    assertTrue(byActivity > byChance, byActivity + ", by chance " + byChance);
  }

  /** Rows for which two units of one part are on, over all such pairs. */
  private static int pairsOnTogether(final MoeState whole, final String how) {
    final MoeState split = state("expert=mlp(8)*2,life=split(20," + how + ")");
    new PoolLivesTest().run(split, 20, false);
    final int w2 = split.expert(0).layout().at("w2");
    int together = 0;
    for (int u = 0; u < 8; u++) {
      for (int v = 0; v < u; v++) {
        final boolean apart =
            split.expert(0).theta[w2 + u] == 0 ^ split.expert(0).theta[w2 + v] == 0;
        together += apart ? 0 : on(whole, u, v);
      }
    }
    return together;
  }

  @Test
  void splitMayMakeTheGateOfEachPartsMostTypicalUnit() {
    final MoeState split = state("gate=top-k(1),expert=mlp(8)*2,life=split(20,analytic=true)");
    new PoolLivesTest().run(split, 20, false);
    final float[] gate = split.gate().theta;
    for (int e = 0; e < 2; e++) {
      final float[] theta = split.expert(e).theta;
      final int w2 = split.expert(e).layout().at("w2");
      final int b1 = split.expert(e).layout().at("b1");
      int own = 0;
      for (int u = 0; u < 8; u++) {
        final boolean same =
            theta[2 * u] == gate[2 * e]
                && theta[2 * u + 1] == gate[2 * e + 1]
                && theta[b1 + u] == gate[4 + e];
        own += same && theta[w2 + u] != 0 ? 1 : 0;
      }
      assertEquals(1, own, "the score of expert " + e + " is that of a unit of its own");
    }
  }

  /** Of as many rows like those that it learned, for how many a unit is on. */
  private static int active(final MoeState state, final int unit) {
    return on(state, unit, unit);
  }

  /** The same of two units. */
  private static int on(final MoeState state, final int unit, final int other) {
    final SplittableRandom rows = new SplittableRandom(1);
    int active = 0;
    for (int r = 0; r < ROWS; r++) {
      final double a = rows.nextDouble() * 2 - 1;
      final double b = rows.nextDouble();
      active += isOn(state, unit, a, b) && isOn(state, other, a, b) ? 1 : 0;
    }
    return active;
  }

  private static boolean isOn(
      final MoeState state, final int unit, final double a, final double b) {
    final float[] theta = state.expert(0).theta;
    final int bias = state.expert(0).layout().at("b1") + unit;
    return theta[2 * unit] * a + theta[2 * unit + 1] * b + theta[bias] > 0;
  }

  private static float[] said(final MoeState state) {
    final DenseBatch batch = new DenseBatch(state.spec, ROWS, false);
    for (int r = 0; r < ROWS; r++) {
      batch.add(new double[] {0.1 * r - 0.8, 0.06 * r}, -1);
    }
    new CpuMoe(state, new JavaProducts(), ROWS).submit(batch);
    return batch.probabilities();
  }
}
