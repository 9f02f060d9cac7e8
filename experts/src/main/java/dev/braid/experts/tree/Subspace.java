package dev.braid.experts.tree;

import java.util.Arrays;

/** Random sets of features. */
final class Subspace {
  private Subspace() {}

  /**
   * Draws features without replacement, in the way of MOA's ARFHoeffdingTree.
   *
   * @param wanted how many, at most as many as there are
   * @return the features drawn, in ascending order
   */
  static int[] draw(final int[] features, final int wanted, final JavaRandom random) {
    final int[] left = features.clone();
    final int[] drawn = new int[wanted];
    for (int i = 0; i < wanted; i++) {
      final int remaining = left.length - i;
      final int at = random.nextInt(remaining);
      drawn[i] = left[at];
      System.arraycopy(left, at + 1, left, at, remaining - at - 1);
    }
    Arrays.sort(drawn);
    return drawn;
  }
}
