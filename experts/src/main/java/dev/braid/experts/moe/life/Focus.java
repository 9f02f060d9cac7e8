package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Rows that the layer says well already teach less: each weighs (1 - p)^power, where p is the
 * probability of its class (Lin et al. 2017, "Focal Loss for Dense Object Detection", section 3.2;
 * the weight is taken for a constant).
 *
 * @param power 0 to 10
 */
public record Focus(double power) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "focus",
          "Rows that the layer says well already teach less.",
          List.of(new Option("power", "1", "How much less, 0 to 10.")),
          options -> new Focus(options.real("power", 0, 10)));

  @Override
  public void rows(final Step step, final float[] memory) {
    for (int r = 0; r < step.labelled(); r++) {
      final double ofLabel = step.probabilities()[r * step.outputs() + step.labels()[r]];
      step.rowWeight()[r] *= (float) StrictMath.pow(Math.max(0, 1 - ofLabel), power);
    }
  }

  @Override
  public String text() {
    return "focus(" + power + ")";
  }
}
