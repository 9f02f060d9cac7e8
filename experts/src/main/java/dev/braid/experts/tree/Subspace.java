package dev.braid.experts.tree;

import dev.braid.data.Schema;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Random sets of features. */
final class Subspace {
  private Subspace() {}

  /** The features a new tree sees: all, or as many as its options say, drawn. */
  static int[] visible(
      final Schema schema, final HoeffdingTreeOptions options, final JavaRandom random) {
    final int[] all = IntStream.range(0, schema.featureCount()).toArray();
    final int wanted = options.treeSubspace();
    return wanted == 0 || wanted >= all.length ? all : draw(all, wanted, random);
  }

  /**
   * The features a tree sees once there are more; it takes the new ones as long as it lacks some.
   */
  static int[] grown(
      final int[] visible,
      final int known,
      final Schema schema,
      final HoeffdingTreeOptions options) {
    final int wanted = options.treeSubspace();
    final int more = wanted == 0 ? Integer.MAX_VALUE : Math.max(0, wanted - visible.length);
    return IntStream.concat(
            Arrays.stream(visible), IntStream.range(known, schema.featureCount()).limit(more))
        .toArray();
  }

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
