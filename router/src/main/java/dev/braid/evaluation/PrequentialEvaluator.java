package dev.braid.evaluation;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * Prequential evaluation, over the whole stream and over a sliding window of the last events. Every
 * measure is a ratio; 0 where it is not defined yet.
 *
 * <p>The measures are those of Bifet et al., "Efficient online evaluation of big data stream
 * classifiers" (KDD 2015, section 4), with MOA's conventions: the majority baseline counts the
 * event itself, the no-change baseline starts with class 0.
 */
public final class PrequentialEvaluator {
  private static final int NO_CHANGE = 1;
  private static final int MAJORITY = 2;

  private final Counts total;
  private final Counts window;
  // The events of the window in a ring: prediction, label, and which baselines were right.
  private final int[] predictions;
  private final int[] labels;
  private final int[] baselines;
  private int lastLabel;

  /**
   * @param windowEvents length of the sliding window, 1 or more
   */
  public PrequentialEvaluator(final int windowEvents) {
    this(new Counts(), new Counts(), windowEvents);
  }

  private PrequentialEvaluator(final Counts total, final Counts window, final int windowEvents) {
    if (windowEvents < 1) {
      throw new IllegalArgumentException("the window holds 1 event or more, not " + windowEvents);
    }
    this.total = total;
    this.window = window;
    predictions = new int[windowEvents];
    labels = new int[windowEvents];
    baselines = new int[windowEvents];
  }

  /**
   * Counts one event.
   *
   * @param prediction index of the predicted class, or -1 where none could be predicted
   * @param label index of the true class
   */
  public void add(final int prediction, final int label) {
    final int classes = Math.max(prediction, label) + 1;
    total.ensureClasses(classes);
    window.ensureClasses(classes);
    final boolean noChange = lastLabel == label;

    total.count(prediction, label, 1);
    total.countBaselines(noChange, total.majorityClass() == label, 1);

    final int slot = (int) ((total.events() - 1) % predictions.length);
    if (total.events() > predictions.length) {
      window.count(predictions[slot], labels[slot], -1);
      window.countBaselines(
          (baselines[slot] & NO_CHANGE) != 0, (baselines[slot] & MAJORITY) != 0, -1);
    }
    window.count(prediction, label, 1);
    final boolean majority = window.majorityClass() == label;
    window.countBaselines(noChange, majority, 1);
    predictions[slot] = prediction;
    labels[slot] = label;
    baselines[slot] = (noChange ? NO_CHANGE : 0) | (majority ? MAJORITY : 0);
    lastLabel = label;
  }

  /** Events counted. */
  public long events() {
    return total.events();
  }

  /** Share of events predicted correctly. */
  public double accuracy() {
    return total.accuracy();
  }

  /** Cohen's kappa: gain over a classifier that guesses with the same class frequencies. */
  public double kappa() {
    return total.kappa();
  }

  /** Kappa M: gain over always predicting the majority class. */
  public double kappaM() {
    return total.kappaM();
  }

  /** Kappa temporal: gain over predicting each time the label before. */
  public double kappaT() {
    return total.kappaT();
  }

  /** Share of the events of a class that were predicted as such. */
  public double recall(final int label) {
    return total.recall(label);
  }

  /** Mean of the recalls of the classes that occurred. */
  public double macroRecall() {
    return total.macroRecall();
  }

  /** Classes met so far, as labels or as predictions. */
  public int classes() {
    return total.classes();
  }

  /** {@link #accuracy()} over the window. */
  public double windowAccuracy() {
    return window.accuracy();
  }

  /** {@link #kappa()} over the window. */
  public double windowKappa() {
    return window.kappa();
  }

  /** {@link #kappaM()} over the window. */
  public double windowKappaM() {
    return window.kappaM();
  }

  /** {@link #kappaT()} over the window. */
  public double windowKappaT() {
    return window.kappaT();
  }

  /**
   * Writes everything as a nested part of an image. Layout ({@code EVAL}, version 1): last label,
   * the sums of the whole stream, those of the window, length of the window, and per event in the
   * window, from slot 0 on, prediction, label and baseline flags.
   */
  public void write(final ImageWriter out) {
    out.begin(ImageKind.EVALUATOR).putInt(lastLabel);
    total.write(out);
    window.write(out);
    final int held = (int) Math.min(total.events(), predictions.length);
    out.putInt(predictions.length)
        .putInts(predictions, held)
        .putInts(labels, held)
        .putInts(baselines, held);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not an evaluator
   */
  public static PrequentialEvaluator read(final ImageReader in) {
    in.begin(ImageKind.EVALUATOR);
    final int lastLabel = in.getInt();
    final Counts total = Counts.read(in);
    final Counts window = Counts.read(in);
    final int length = in.getIntIn(1, 1 << 22, "length of the evaluation window");
    final PrequentialEvaluator evaluator = new PrequentialEvaluator(total, window, length);
    evaluator.lastLabel = lastLabel;
    final int held = (int) Math.min(total.events(), length);
    fill(evaluator.predictions, held, total.classes(), in);
    fill(evaluator.labels, held, total.classes(), in);
    fill(evaluator.baselines, held, NO_CHANGE + MAJORITY + 1, in);
    return evaluator;
  }

  private static void fill(
      final int[] target, final int held, final int limit, final ImageReader in) {
    final int[] saved = in.getInts();
    if (saved.length != held) {
      throw new MalformedImageException(
          "the evaluation window holds " + saved.length + " events instead of " + held);
    }
    for (final int value : saved) {
      if (value < -1 || value >= limit) {
        throw new MalformedImageException("the evaluation window holds a value of " + value);
      }
    }
    System.arraycopy(saved, 0, target, 0, held);
  }
}
