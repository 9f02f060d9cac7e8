package dev.braid.experts.boost;

import dev.braid.experts.PortableMath;

/**
 * What {@link BoostLoss.OfClasses} says of two classes, of a whole window at once and to the same
 * bits: in columns by class, in loops that the compiler turns into vector code.
 */
final class TwoClasses {
  /** Events whose exponentials are found together. */
  private static final int BLOCK = 256;

  /** Of each event the probabilities of both classes. */
  float[] first = new float[0];

  float[] second = new float[0];

  // Scratch of a block.
  private double[] difference = new double[0];
  private double[] power = new double[0];

  /** Finds the probabilities of the first {@code rows} events by their scores. */
  void derive(final float[] score, final int rows, final int room) {
    if (first.length < rows) {
      first = new float[room];
      second = new float[room];
      difference = new double[Math.min(BLOCK, room)];
      power = new double[difference.length];
    }
    for (int from = 0; from < rows; from += BLOCK) {
      deriveBlock(score, from, Math.min(BLOCK, rows - from));
    }
  }

  private void deriveBlock(final float[] score, final int from, final int rows) {
    final double[] smaller = difference;
    boolean sure = true;
    for (int i = 0; i < rows; i++) {
      final int at = 2 * (from + i);
      smaller[i] = -Math.abs((double) score[at] - score[at + 1]);
      sure &= smaller[i] > -PortableMath.SURE_EXPONENT;
    }
    if (sure) {
      PortableMath.expOfNegatives(smaller, power, rows);
      for (int i = 0; i < rows; i++) {
        final int at = 2 * (from + i);
        final double sum = 1 + smaller[i];
        final float large = (float) (1 / sum);
        final float small = (float) (smaller[i] / sum);
        final boolean firstIsLarge = score[at] >= score[at + 1];
        first[from + i] = firstIsLarge ? large : small;
        second[from + i] = firstIsLarge ? small : large;
      }
      return;
    }
    final double[] both = new double[2];
    for (int i = from; i < from + rows; i++) {
      both[0] = score[2 * i];
      both[1] = score[2 * i + 1];
      PortableMath.softmax(both);
      first[i] = (float) both[0];
      second[i] = (float) both[1];
    }
  }

  /** First derivative of an event's loss by the second score. */
  float slope(final int row, final float target) {
    return second[row] - target;
  }

  /** Sum of both second derivatives. */
  float bend(final int row) {
    return first[row] * (1 - first[row]) + second[row] * (1 - second[row]);
  }

  /** The length of both derivatives of each event, times its weight. */
  void lengths(
      final float[] target,
      final float[] weight,
      final int rows,
      final float atLeast,
      final float[] length) {
    final float[] p = first;
    final float[] q = second;
    for (int i = 0; i < rows; i++) {
      final float slope = (q[i] - target[i]) * weight[i];
      final float bend = (p[i] * (1 - p[i]) + q[i] * (1 - q[i])) * weight[i];
      length[i] = atLeast + (float) Math.sqrt(slope * slope + bend * bend);
    }
  }

  /**
   * Adds both derivatives of each score up by the leaf of their events.
   *
   * @param bound what second derivatives are multiplied with
   * @param sums shape [leaves, classes, 2]
   */
  void addUp(
      final float[] target,
      final float[] weight,
      final int rows,
      final float bound,
      final int[] leafOf,
      final double[] sums) {
    for (int i = 0; i < rows; i++) {
      final int at = 4 * leafOf[i];
      final float p = first[i];
      final float q = second[i];
      final float bent = weight[i] * bound;
      sums[at] += weight[i] * (p - (1 - target[i]));
      sums[at + 1] += bent * p * (1 - p);
      sums[at + 2] += weight[i] * (q - target[i]);
      sums[at + 3] += bent * q * (1 - q);
    }
  }
}
