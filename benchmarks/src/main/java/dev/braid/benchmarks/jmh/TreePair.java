package dev.braid.benchmarks.jmh;

import dev.braid.benchmarks.harness.HeapSize;
import dev.braid.experts.Expert;
import dev.braid.experts.tree.HoeffdingAdaptiveTree;
import dev.braid.experts.tree.HoeffdingTree;
import dev.braid.experts.tree.HoeffdingTreeOptions;
import moa.classifiers.AbstractClassifier;

/** An empty tree of ours and the same one of MOA, for the same rows. */
final class TreePair {
  static final int ROWS = 40_000;

  private static final int GRACE = 50;

  final TreeRows rows;
  final Expert ours;
  final AbstractClassifier moas;

  /**
   * @param tree ht, ht50 or hat: Hoeffding tree with MOA's defaults, with the grace period of
   *     DriftMoE, or adaptive
   */
  TreePair(final TreeRows rows, final String tree) {
    this.rows = rows;
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.DEFAULTS.withMaxBytes(1L << 40);
    if ("hat".equals(tree)) {
      ours = new HoeffdingAdaptiveTree(rows.schema, options);
      moas = new moa.classifiers.trees.HoeffdingAdaptiveTree();
    } else {
      final moa.classifiers.trees.HoeffdingTree moa = new moa.classifiers.trees.HoeffdingTree();
      final boolean eager = "ht50".equals(tree);
      if (eager) {
        moa.gracePeriodOption.setValue(GRACE);
      }
      ours = new HoeffdingTree(rows.schema, eager ? options.withGracePeriod(GRACE) : options);
      moas = moa;
    }
    moas.setModelContext(rows.header);
    moas.prepareForUse();
  }

  /** Both learn all rows. */
  void learnAll() {
    for (int row = 0; row < rows.labels.length; row++) {
      ours.learn(rows.x(row), rows.labels[row], 1.0);
      moas.trainOnInstance(rows.instance(row));
    }
  }

  /** Heap bytes of MOA's tree, less those of the stream's header, which it refers to. */
  long moaBytes() {
    HeapSize.prepare();
    return HeapSize.of(moas) - HeapSize.of(rows.header);
  }
}
