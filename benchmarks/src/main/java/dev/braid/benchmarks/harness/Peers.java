package dev.braid.benchmarks.harness;

import dev.braid.data.Schema;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import java.util.List;

/** The learners that Braid is measured against, by short names. */
public final class Peers {
  /** All of them. A hundred members, OzaBoost ten, as in the DriftMoE paper's table. */
  public static final Registry<Peer> REGISTRY =
      new Registry<>(
          "peer",
          List.of(
              // -j 1 is one thread.
              Peer.moa("arf", "meta.AdaptiveRandomForest -s 100 -j 1"),
              Peer.moa("arf10", "meta.AdaptiveRandomForest -s 10 -j 1"),
              Peer.moa(
                  "lag-arf10",
                  "meta.TemporallyAugmentedClassifier -l (meta.AdaptiveRandomForest -s 10 -j 1)"),
              Peer.moa("srp", "meta.StreamingRandomPatches -s 100"),
              Peer.moa("srp10", "meta.StreamingRandomPatches -s 10"),
              Peer.moa("levbag", "meta.LeveragingBag -s 100"),
              Peer.moa("smoothboost", "meta.OnlineSmoothBoost -s 100"),
              Peer.moa("ozaboost", "meta.OzaBoost -s 10"),
              Peer.moa("ozabag", "meta.OzaBag -s 100"),
              Peer.moa("sgbt", "meta.StreamingGradientBoostedTrees"),
              Peer.moa("hat", "trees.HoeffdingAdaptiveTree"),
              Peer.moa("knn", "lazy.kNN -w 1000"),
              Peer.moa("samknn", "lazy.SAMkNN"),
              Peer.moa("ht", "trees.HoeffdingTree"),
              Peer.moa("nb", "bayes.NaiveBayes"),
              Peer.moa("nochange", "functions.NoChange"),
              Peer.moa("majority", "functions.MajorityClass"),
              XgboostContestant.PEER));

  private Peers() {}

  /**
   * Opens an untrained peer.
   *
   * @throws IllegalArgumentException with one sentence, if there is no such peer or option
   */
  static Contestant<?> open(final Term term, final long seed, final Schema schema) {
    return REGISTRY.find(term.name()).open(REGISTRY.options(term), seed, schema);
  }
}
