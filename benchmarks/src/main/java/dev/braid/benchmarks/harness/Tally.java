package dev.braid.benchmarks.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts of a prequential run, and the measures made of them.
 *
 * <p>The definitions are those of MOA's {@code BasicClassificationPerformanceEvaluator}, so that
 * figures compare to the last digit: the majority class of kappa M is the most frequent one up to
 * and with the event, the lowest index on a tie; the label before the first is class 0.
 */
final class Tally {
  private final int window;
  private final List<Double> curve = new ArrayList<>();

  private long[] occurred = new long[0];
  private long[] predicted = new long[0];
  private long[] hits = new long[0];
  private long total;
  private long correct;
  private long majorityCorrect;
  private long noChangeCorrect;
  private int previous;
  private int majority;
  private long correctAtWindowStart;

  /**
   * @param window events per point of the curve
   */
  Tally(final int window) {
    this.window = window;
  }

  /** Counts one labelled event. */
  void add(final int label, final int prediction) {
    reserve(Math.max(label, prediction) + 1);
    total++;
    occurred[label]++;
    predicted[prediction]++;
    if (label == prediction) {
      hits[label]++;
      correct++;
    }
    if (occurred[label] > occurred[majority]
        || (occurred[label] == occurred[majority] && label < majority)) {
      majority = label;
    }
    if (majority == label) {
      majorityCorrect++;
    }
    if (previous == label) {
      noChangeCorrect++;
    }
    previous = label;
    if (total % window == 0) {
      curve.add((correct - correctAtWindowStart) / (double) window);
      correctAtWindowStart = correct;
    }
  }

  /** Share of right predictions so far, 0 before the first. */
  double accuracy() {
    return total == 0 ? 0 : correct / (double) total;
  }

  List<Double> curve() {
    return curve;
  }

  int window() {
    return window;
  }

  /**
   * @param classes of the stream's schema: the length of the recall
   */
  CellResult.Scores scores(final int classes) {
    reserve(classes);
    final double n = total;
    final double accuracy = correct / n;
    double chance = 0;
    final List<Double> recall = new ArrayList<>(occurred.length);
    for (int c = 0; c < occurred.length; c++) {
      chance += predicted[c] / n * (occurred[c] / n);
      recall.add(hits[c] / (double) occurred[c]);
    }
    return new CellResult.Scores(
        accuracy,
        above(accuracy, chance),
        above(accuracy, majorityCorrect / n),
        above(accuracy, noChangeCorrect / n),
        recall);
  }

  private static double above(final double accuracy, final double reference) {
    return (accuracy - reference) / (1.0 - reference);
  }

  private void reserve(final int classes) {
    if (classes > occurred.length) {
      occurred = Arrays.copyOf(occurred, classes);
      predicted = Arrays.copyOf(predicted, classes);
      hits = Arrays.copyOf(hits, classes);
    }
  }
}
