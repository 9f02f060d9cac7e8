package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Elastic weight consolidation: what mattered before a drift is held where it was then. While an
 * expert learns, the mean squares of its gradient, its Fisher information's diagonal, are kept;
 * when the layer's errors rise, its parameters become the anchor and these squares, added to what
 * they were at earlier anchors, the strengths of the springs to it (Kirkpatrick et al. 2017,
 * "Overcoming catastrophic forgetting in neural networks", equation 3; one anchor that moves on, as
 * in Schwarz et al. 2018). Shared experts have no springs. Strengths are relative to their mean,
 * since Adam does not know the size of a loss.
 *
 * @param weight of the springs, above 0
 */
public record Anchor(double weight) implements Life {
  /** Steps of an expert over which squares are averaged. */
  private static final float STEPS = 200;

  /** How much of older strengths stays when an anchor is moved. */
  private static final float KEEP = 0.9f;

  static final Word<Life> WORD =
      new Word<>(
          "anchor",
          "Holds parameters that mattered where they were when errors last rose.",
          List.of(new Option("weight", "0.001", "Of the springs, above 0, to 1000.")),
          options -> new Anchor(options.real("weight", 1e-12, 1000)));

  @Override
  public boolean watches() {
    return true;
  }

  /** Times that errors rose, and how many of them each expert knows of; the numbers stay small. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("alarms", Axis.of(1)), Tensor.zeros("known", Axis.OUT));
  }

  /** Mean squares of the gradient, strengths, the anchor. */
  @Override
  public int copies() {
    return 3;
  }

  @Override
  public void begin(final Step step, final float[] memory) {
    if (step.alarm()) {
      memory[0] = 1 + memory[0] % (1 << 20);
    }
  }

  @Override
  public void gradient(
      final Step step,
      final int expert,
      final float[] theta,
      final float[] gradient,
      final float[] memory,
      final float[] own,
      final int at) {
    final int size = theta.length;
    final int strength = at + size;
    final int anchor = strength + size;
    final int known = 1 + expert;
    if (known >= memory.length) {
      // Those that see every row are to follow what comes.
      return;
    }
    if (memory[known] != memory[0]) {
      memory[known] = memory[0];
      for (int i = 0; i < size; i++) {
        own[strength + i] = KEEP * own[strength + i] + own[at + i];
        own[anchor + i] = theta[i];
      }
    }
    double mean = 0;
    for (int i = 0; i < size; i++) {
      own[at + i] += (gradient[i] * gradient[i] - own[at + i]) / STEPS;
      mean += own[strength + i];
    }
    mean /= size;
    if (!(mean > Float.MIN_NORMAL)) {
      return;
    }
    final float factor = (float) (weight / mean);
    for (int i = 0; i < size; i++) {
      gradient[i] += factor * own[strength + i] * (theta[i] - own[anchor + i]);
    }
  }

  @Override
  public String text() {
    return "anchor(" + weight + ")";
  }
}
