package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.basic.CrossedLinear;
import dev.braid.experts.basic.LastLabel;
import dev.braid.experts.basic.NaiveBayes;
import dev.braid.experts.basic.OutsideVote;
import dev.braid.experts.basic.WindowedKnn;
import dev.braid.experts.moe.expert.DenseNetwork;
import dev.braid.experts.moe.expert.ReplayNetwork;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.tree.AdaptiveTree;
import dev.braid.experts.tree.HoeffdingTreeOptions;
import dev.braid.router.Options;
import java.util.ArrayList;
import java.util.List;

/** Which experts the preset {@code braid} consists of. */
final class BraidPool {
  private static final HoeffdingTreeOptions TREE =
      HoeffdingTreeOptions.DEFAULTS.withGracePeriod(50);

  /** Split confidence of the published forests, whose trees make up for each other's haste. */
  private static final double HASTY = 0.01;

  /** Share of the features that a tree or a leaf sees, as both published forests have it. */
  private static final double SUBSPACE = 0.6;

  /**
   * Events that the naive Bayes remember. The shortest memory is for labels that come late while
   * concepts move: then only the newest are worth anything.
   */
  private static final double[] MEMORIES = {100, 1000, 10_000};

  private static final int NEIGHBOURS = 10;

  private BraidPool() {}

  /**
   * @param full what outside votes read
   * @param schema what all other experts read
   */
  static Expert[] open(
      final Options options, final Schema full, final Schema schema, final long seed) {
    final List<Expert> experts = new ArrayList<>();
    final int trees = options.integer("trees", 0, 100);
    final int features = schema.featureCount();
    final int subspace = (int) Math.ceil(SUBSPACE * features);
    final HoeffdingTreeOptions tree =
        TREE.withMaxBytes(options.integer("tree-bytes", 1 << 16, 1 << 30));
    for (int t = 0; t < trees; t++) {
      experts.add(new AdaptiveTree(schema, ofKind(t, tree, subspace), CounterRandom.bits(seed, t)));
    }
    final int window = options.integer("neighbour-window", 0, 1 << 20);
    if (window > 0) {
      experts.add(new WindowedKnn(schema, window, NEIGHBOURS));
    }
    if (options.flag("naive-bayes")) {
      for (final double memory : MEMORIES) {
        experts.add(new NaiveBayes(schema, memory));
      }
    }
    if (options.flag("last-label")) {
      experts.add(new LastLabel(schema));
    }
    if (options.flag("crossed-linear")) {
      experts.add(new CrossedLinear(schema));
    }
    if (options.flag("neural")) {
      experts.add(new ReplayNetwork(schema, CounterRandom.bits(seed, -2)));
    }
    final int dense = options.integer("dense", 0, 1000);
    if (dense > 0) {
      experts.add(
          new DenseNetwork(
              schema, LayerSpec.DEFAULT.withCount(dense), CounterRandom.bits(seed, -3)));
    }
    for (final String name : OutsideVote.names(full)) {
      experts.add(new OutsideVote(full, name));
    }
    if (experts.isEmpty()) {
      throw new IllegalArgumentException("preset 'braid' needs at least one kind of expert");
    }
    return experts.toArray(Expert[]::new);
  }

  /**
   * Three kinds of tree in turn: a subspace for each leaf, as in an adaptive random forest; one for
   * the whole tree, which helps where whole features are noise; and all features, which helps where
   * all of them matter.
   */
  private static HoeffdingTreeOptions ofKind(
      final int t, final HoeffdingTreeOptions tree, final int subspace) {
    return switch (t % 3) {
      case 0 -> tree.withSplitConfidence(HASTY).withLeafSubspace(subspace);
      case 1 -> tree.withSplitConfidence(HASTY).withTreeSubspace(subspace);
      default -> tree;
    };
  }
}
