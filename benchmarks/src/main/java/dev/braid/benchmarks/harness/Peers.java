package dev.braid.benchmarks.harness;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The learners that Braid is measured against, by short names, as MOA knows them. */
public final class Peers {
  private static final Map<String, String> CLI = new LinkedHashMap<>();

  static {
    // A hundred members, OzaBoost ten, as in the DriftMoE paper's table; -j 1 is one thread.
    CLI.put("arf", "meta.AdaptiveRandomForest -s 100 -j 1");
    CLI.put("arf10", "meta.AdaptiveRandomForest -s 10 -j 1");
    CLI.put("srp", "meta.StreamingRandomPatches -s 100");
    CLI.put("srp10", "meta.StreamingRandomPatches -s 10");
    CLI.put("levbag", "meta.LeveragingBag -s 100");
    CLI.put("smoothboost", "meta.OnlineSmoothBoost -s 100");
    CLI.put("ozaboost", "meta.OzaBoost -s 10");
    CLI.put("ozabag", "meta.OzaBag -s 100");
    CLI.put("sgbt", "meta.StreamingGradientBoostedTrees");
    CLI.put("hat", "trees.HoeffdingAdaptiveTree");
    CLI.put("knn", "lazy.kNN -w 1000");
    CLI.put("ht", "trees.HoeffdingTree");
    CLI.put("nb", "bayes.NaiveBayes");
    CLI.put("nochange", "functions.NoChange");
  }

  private Peers() {}

  /** MOA's command-line string of each peer by its short name, in the order of the table. */
  public static Map<String, String> cli() {
    return Collections.unmodifiableMap(CLI);
  }
}
