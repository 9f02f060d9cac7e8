package dev.braid.experts.moe.combine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import org.junit.jupiter.api.Test;

class AgreeTest {

  /** How far apart two random experts of a row are after some training. */
  private static double apart(final String combine) {
    final String text =
        "gate=random/top-k(2),expert=mlp(8)*2,learning-rate=0.01,combine=" + combine;
    final MoeState state = MoeState.create(new DenseMoeSpec(4, 2, LayerSpec.parse(text), 3));
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), 32);
    for (int i = 0; i < 200; i++) {
      layer.submit(Batches.random(state.spec, 32, 0, i));
    }
    final DenseBatch batch = Batches.random(state.spec, 32, 1, 999);
    layer.submit(batch);
    double apart = 0;
    for (int r = 0; r < 32; r++) {
      apart +=
          Math.abs(batch.expertProbabilities()[4 * r] - batch.expertProbabilities()[4 * r + 2]);
    }
    return apart;
  }

  @Test
  void expertsOfARowComeToSayTheSame() {
    final double alone = apart("sum");
    final double together = apart("agree(5)");
    assertTrue(together < 0.5 * alone, together + ", without the loss " + alone);
  }
}
