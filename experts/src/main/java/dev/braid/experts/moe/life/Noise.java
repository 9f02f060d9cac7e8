package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Gaussian noise on the gradients of experts, whose variance falls with the steps since the layer's
 * errors rose last: {@code strength / (1 + t)^0.55} times the mean square of the gradient
 * (Neelakantan et al. 2015, "Adding Gradient Noise Improves Learning for Very Deep Networks",
 * section 3, whose strength is absolute; Adam does not know the size of a loss).
 *
 * @param strength variance at first, relative to the gradient's, above 0
 */
public record Noise(double strength) implements Life {
  private static final double DECAY = 0.55;

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x4015e;

  static final Word<Life> WORD =
      new Word<>(
          "noise",
          "Noise on the gradients, that falls until errors rise again.",
          List.of(new Option("strength", "0.3", "Variance at first, relative, above 0, to 100.")),
          options -> new Noise(options.real("strength", 1e-9, 100)));

  @Override
  public boolean watches() {
    return true;
  }

  /** Steps since errors rose, as far as they count. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("steps", Axis.of(1)));
  }

  @Override
  public void begin(final Step step, final float[] memory) {
    memory[0] = step.alarm() ? 0 : Math.min(1 << 20, memory[0] + 1);
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
    double squares = 0;
    for (int i = 0; i < theta.length; i++) {
      squares += gradient[i] * gradient[i];
    }
    final double fallen = StrictMath.exp(-DECAY * StrictMath.log(1 + memory[0]));
    final double variance = strength * fallen * squares / theta.length;
    // The sum of three uniform numbers is near enough to a normal one.
    final float scale = (float) (2 * Math.sqrt(variance));
    for (int i = 0; i < theta.length; i++) {
      final double sum =
          step.random(i, PURPOSE + 3 * expert)
              + step.random(i, PURPOSE + 3 * expert + 1)
              + step.random(i, PURPOSE + 3 * expert + 2);
      gradient[i] += scale * (float) (sum - 1.5);
    }
  }

  @Override
  public String text() {
    return "noise(" + strength + ")";
  }
}
