package dev.braid.experts.moe.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.LayerSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Experts that come, are mixed, and go. */
class HostedExpertsTest {
  private static final int ROWS = 16;

  /** Two experts of four at the start, and none comes by itself. */
  private final DenseMoeSpec spec =
      new DenseMoeSpec(
          4,
          3,
          LayerSpec.parse("gate=top-k(1)/balance,expert=mlp(5)*4,life=spawn(2,0)+prune(0.1,99999)"),
          2);

  private final MoeState state = MoeState.create(spec);
  private final HostedExperts experts =
      new HostedExperts(
          state, new ExpertHost(state, new DenseOptions(DenseOptions.BackendChoice.JAVA, ROWS)));
  private final CpuMoe layer = new CpuMoe(state, new JavaProducts(), ROWS);

  private DenseBatch step(final long seed, final int unlabelledEvery) {
    final DenseBatch batch = Batches.random(spec, ROWS, unlabelledEvery, seed);
    layer.submit(batch);
    return batch;
  }

  private void train() {
    final SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 50; i++) {
      step(random.nextLong(), 0);
    }
  }

  @Test
  void anEmptyPlaceIsChosenByNobodyAndTakesNoMemory() {
    train();
    final long before = state.bytes();
    final DenseBatch batch = step(3, 0);
    assertEquals(ROWS, batch.load()[0] + batch.load()[1]);
    assertEquals(0, batch.load()[2] + batch.load()[3]);
    assertEquals(2, experts.alive());
    experts.copy(0, 2);
    assertEquals(before + 12L * spec.layout(0).size(), state.bytes());
  }

  @Test
  void aCopySaysWhatItsOriginalSays() {
    train();
    final float[] before = step(3, 1).probabilities();
    experts.copy(0, 2);
    final int[] column = state.gate().layout().slice(Axis.OUT, 0);
    final int[] copied = state.gate().layout().slice(Axis.OUT, 2);
    for (int p = 0; p < column.length; p++) {
      assertEquals(state.gate().theta[column[p]], state.gate().theta[copied[p]]);
    }
    assertArrayEquals(state.expert(0).theta, state.expert(2).theta);
    // The gate's affinity is shared between the two, which scales what one of them says.
    final float[] after = step(3, 1).probabilities();
    for (int r = 0; r < ROWS; r++) {
      assertEquals(most(before, r), most(after, r));
    }
  }

  private static int most(final float[] probabilities, final int row) {
    int most = 0;
    for (int c = 1; c < 3; c++) {
      most = probabilities[3 * row + c] > probabilities[3 * row + most] ? c : most;
    }
    return most;
  }

  @Test
  void aMixtureIsTheWeightedSum() {
    train();
    final float[] one = state.expert(0).theta.clone();
    final float[] other = state.expert(1).theta.clone();
    experts.mix(0, new int[] {0, 1}, new float[] {0.25f, 0.75f});
    for (int i = 0; i < one.length; i++) {
      assertEquals(0.25f * one[i] + 0.75f * other[i], state.expert(0).theta[i], 1e-6f);
    }
    assertArrayEquals(other, state.expert(1).theta);
  }

  @Test
  void whoIsRetiredLeavesAPlace() {
    train();
    experts.retire(0);
    assertFalse(experts.isAlive(0));
    assertEquals(0, experts.emptyPlace(1));
    assertEquals(ROWS, step(3, 0).load()[1]);
    assertThrows(IllegalArgumentException.class, () -> experts.retire(1));
    assertThrows(IllegalArgumentException.class, () -> experts.copy(0, 2));
    assertThrows(IllegalArgumentException.class, () -> experts.copy(1, 1));
    experts.copy(1, 0);
    assertEquals(2, experts.alive());
  }

  @Test
  void thePoolKnowsWhoLearnsFromWhichShare() {
    train();
    final SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      step(random.nextLong(), 0);
    }
    assertEquals(1, experts.share(0) + experts.share(1), 0.01);
    assertEquals(0, experts.share(2));
  }
}
