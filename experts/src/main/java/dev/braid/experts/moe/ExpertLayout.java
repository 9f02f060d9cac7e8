package dev.braid.experts.moe;

/**
 * Where an expert's matrices lie in its parameter block: W1 [h][d], b1 [h], W2 [c][h], b2 [c]. Both
 * matrices have one row per output unit, so that all products read them along their rows.
 *
 * @param b1 offset of the hidden biases; W1 begins at 0
 * @param w2 offset of the output weights
 * @param b2 offset of the output biases
 * @param size floats in the block
 */
public record ExpertLayout(int b1, int w2, int b2, int size) {

  public static ExpertLayout of(final DenseMoeSpec spec) {
    final int b1 = spec.hidden() * spec.inputs();
    final int w2 = b1 + spec.hidden();
    final int b2 = w2 + spec.classes() * spec.hidden();
    return new ExpertLayout(b1, w2, b2, b2 + spec.classes());
  }
}
