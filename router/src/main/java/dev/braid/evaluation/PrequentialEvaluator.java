package dev.braid.evaluation;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Prequential evaluation over the whole stream. Every measure is a ratio; 0 where it is not defined
 * yet.
 *
 * <p>The measures are those of Bifet et al., "Efficient online evaluation of big data stream
 * classifiers" (KDD 2015, section 4), with MOA's conventions: the majority baseline counts the
 * event itself, the no-change baseline starts with class 0.
 */
public final class PrequentialEvaluator {
  private long events;
  private long correct;
  private long noChangeCorrect;
  private long majorityCorrect;
  // Per class: events of the class, events predicted as the class, and both.
  private long[] actual = new long[0];
  private long[] predicted = new long[0];
  private long[] hits = new long[0];
  private int lastLabel;

  /**
   * Counts one event.
   *
   * @param prediction index of the predicted class, or -1 where none could be predicted
   * @param label index of the true class
   */
  public void add(final int prediction, final int label) {
    ensureClasses(Math.max(prediction, label) + 1);
    events++;
    actual[label]++;
    if (prediction >= 0) {
      predicted[prediction]++;
    }
    if (prediction == label) {
      correct++;
      hits[label]++;
    }
    noChangeCorrect += lastLabel == label ? 1 : 0;
    majorityCorrect += majorityClass() == label ? 1 : 0;
    lastLabel = label;
  }

  private void ensureClasses(final int classes) {
    if (classes > actual.length) {
      actual = Arrays.copyOf(actual, classes);
      predicted = Arrays.copyOf(predicted, classes);
      hits = Arrays.copyOf(hits, classes);
    }
  }

  /** The most frequent label, the lowest on a tie. */
  private int majorityClass() {
    int best = 0;
    for (int c = 1; c < actual.length; c++) {
      if (actual[c] > actual[best]) {
        best = c;
      }
    }
    return best;
  }

  /** Events counted. */
  public long events() {
    return events;
  }

  /** Share of events predicted correctly. */
  public double accuracy() {
    return ratio(correct, events);
  }

  /** Cohen's kappa: gain over a classifier that guesses with the same class frequencies. */
  public double kappa() {
    double chance = 0;
    for (int c = 0; c < actual.length; c++) {
      chance += ratio(actual[c], events) * ratio(predicted[c], events);
    }
    return above(accuracy(), chance);
  }

  /** Kappa M: gain over always predicting the majority class. */
  public double kappaM() {
    return above(accuracy(), ratio(majorityCorrect, events));
  }

  /** Kappa temporal: gain over predicting each time the label before. */
  public double kappaT() {
    return above(accuracy(), ratio(noChangeCorrect, events));
  }

  /** Share of the events of a class that were predicted as such. */
  public double recall(final int label) {
    return label < actual.length ? ratio(hits[label], actual[label]) : 0;
  }

  /** Mean of the recalls of the classes that occurred. */
  public double macroRecall() {
    int met = 0;
    double sum = 0;
    for (int c = 0; c < actual.length; c++) {
      met += actual[c] > 0 ? 1 : 0;
      sum += recall(c);
    }
    return met == 0 ? 0 : sum / met;
  }

  /** Classes met so far, as labels or as predictions. */
  public int classes() {
    return actual.length;
  }

  private static double ratio(final long part, final long whole) {
    return whole == 0 ? 0 : (double) part / (double) whole;
  }

  /** How much of what a baseline leaves wrong is right; 0 where the baseline leaves nothing. */
  private static double above(final double accuracy, final double baseline) {
    return baseline >= 1 ? 0 : (accuracy - baseline) / (1 - baseline);
  }

  /**
   * Writes everything as a nested part of an image. Layout ({@code EVAL}, version 1): last label,
   * events, those predicted correctly, those that the no-change and the majority baseline had
   * right, and by class events, predictions and both.
   */
  public void write(final ImageWriter out) {
    out.begin(ImageKind.EVALUATOR).putInt(lastLabel);
    out.putLong(events).putLong(correct).putLong(noChangeCorrect).putLong(majorityCorrect);
    out.putLongs(actual, actual.length)
        .putLongs(predicted, predicted.length)
        .putLongs(hits, hits.length);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not an evaluator
   */
  public static PrequentialEvaluator read(final ImageReader in) {
    in.begin(ImageKind.EVALUATOR);
    final PrequentialEvaluator evaluator = new PrequentialEvaluator();
    evaluator.lastLabel = in.getInt();
    evaluator.events = in.getLong();
    evaluator.correct = in.getLong();
    evaluator.noChangeCorrect = in.getLong();
    evaluator.majorityCorrect = in.getLong();
    evaluator.actual = in.getLongs();
    evaluator.predicted = in.getLongs();
    evaluator.hits = in.getLongs();
    if (evaluator.predicted.length != evaluator.actual.length
        || evaluator.hits.length != evaluator.actual.length) {
      throw new MalformedImageException("the evaluation counts different numbers of classes");
    }
    return evaluator;
  }
}
