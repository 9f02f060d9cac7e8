package dev.braid.evaluation;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Sums over a set of events, from which every measure follows. */
final class Counts {
  private long events;
  private long correct;
  private long noChangeCorrect;
  private long majorityCorrect;
  // Per class: events of the class, events predicted as the class, and both.
  private long[] actual = new long[0];
  private long[] predicted = new long[0];
  private long[] hits = new long[0];

  void ensureClasses(final int classes) {
    if (classes > actual.length) {
      actual = Arrays.copyOf(actual, classes);
      predicted = Arrays.copyOf(predicted, classes);
      hits = Arrays.copyOf(hits, classes);
    }
  }

  /**
   * Adds or takes away one event without the two baselines.
   *
   * @param sign 1 or -1
   */
  void count(final int prediction, final int label, final int sign) {
    events += sign;
    actual[label] += sign;
    if (prediction >= 0) {
      predicted[prediction] += sign;
    }
    if (prediction == label) {
      correct += sign;
      hits[label] += sign;
    }
  }

  void countBaselines(final boolean noChange, final boolean majority, final int sign) {
    noChangeCorrect += noChange ? sign : 0;
    majorityCorrect += majority ? sign : 0;
  }

  /** The most frequent label, the lowest on a tie. */
  int majorityClass() {
    int best = 0;
    for (int c = 1; c < actual.length; c++) {
      if (actual[c] > actual[best]) {
        best = c;
      }
    }
    return best;
  }

  int classes() {
    return actual.length;
  }

  long events() {
    return events;
  }

  double accuracy() {
    return ratio(correct, events);
  }

  double kappaM() {
    return above(accuracy(), ratio(majorityCorrect, events));
  }

  double kappaT() {
    return above(accuracy(), ratio(noChangeCorrect, events));
  }

  double kappa() {
    double chance = 0;
    for (int c = 0; c < actual.length; c++) {
      chance += ratio(actual[c], events) * ratio(predicted[c], events);
    }
    return above(accuracy(), chance);
  }

  double recall(final int label) {
    return label < actual.length ? ratio(hits[label], actual[label]) : 0;
  }

  double macroRecall() {
    int met = 0;
    double sum = 0;
    for (int c = 0; c < actual.length; c++) {
      met += actual[c] > 0 ? 1 : 0;
      sum += recall(c);
    }
    return met == 0 ? 0 : sum / met;
  }

  private static double ratio(final long part, final long whole) {
    return whole == 0 ? 0 : (double) part / (double) whole;
  }

  /** How much of what a baseline leaves wrong is right; 0 where the baseline leaves nothing. */
  private static double above(final double accuracy, final double baseline) {
    return baseline >= 1 ? 0 : (accuracy - baseline) / (1 - baseline);
  }

  void write(final ImageWriter out) {
    out.putLong(events).putLong(correct).putLong(noChangeCorrect).putLong(majorityCorrect);
    out.putLongs(actual, actual.length)
        .putLongs(predicted, predicted.length)
        .putLongs(hits, hits.length);
  }

  static Counts read(final ImageReader in) {
    final Counts counts = new Counts();
    counts.events = in.getLong();
    counts.correct = in.getLong();
    counts.noChangeCorrect = in.getLong();
    counts.majorityCorrect = in.getLong();
    counts.actual = in.getLongs();
    counts.predicted = in.getLongs();
    counts.hits = in.getLongs();
    if (counts.predicted.length != counts.actual.length
        || counts.hits.length != counts.actual.length) {
      throw new MalformedImageException("the evaluation counts different numbers of classes");
    }
    return counts;
  }
}
