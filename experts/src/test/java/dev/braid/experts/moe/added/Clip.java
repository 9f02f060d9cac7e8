package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Shortens the gradients of experts to a length (Pascanu et al. 2013, section 3.2).
 *
 * @param most their greatest length, above 0
 */
record Clip(double most) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "clip",
          "Shortens gradients to a length.",
          List.of(new Option("most", "1", "Greatest length, 1e-6 to 1e6.")),
          options -> new Clip(options.real("most", 1e-6, 1e6)));

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
      squares += (double) gradient[i] * gradient[i];
    }
    final float factor = (float) Math.min(1, most / Math.sqrt(squares));
    for (int i = 0; i < theta.length && factor < 1; i++) {
      gradient[i] *= factor;
    }
  }

  @Override
  public String text() {
    return "clip(" + most + ")";
  }
}
