package dev.braid.experts.moe.gate;

import java.util.Arrays;

/** Scores that have no gradient. */
final class Fixed {
  /** What the expert that a table names is above the others by: they weigh next to nothing. */
  static final float NAMED = 10;

  private Fixed() {}

  static void noGradient(final float[] inputGradient, final int length) {
    if (inputGradient != null) {
      Arrays.fill(inputGradient, 0, length, 0);
    }
  }

  /** All scores of a row are 0 but that of one expert. */
  static void name(final float[] score, final int row, final int columns, final int expert) {
    Arrays.fill(score, row * columns, (row + 1) * columns, 0);
    score[row * columns + expert] = NAMED;
  }
}
