package dev.braid.jobs.operator;

import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.evaluation.ConfusionMatrix;
import dev.braid.evaluation.NumberEvaluator;
import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.evaluation.ProbabilityEvaluator;
import dev.braid.router.FeatureImportance;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import dev.braid.state.keyed.PartTable;
import java.util.List;
import org.apache.flink.api.common.state.MapState;

/**
 * What is kept of a model beside its learner: how it did so far, and where its learner's parts are
 * kept. Written as one chunk, which holds the learner too if that is small.
 *
 * <p>Layout ({@link ImageKind#SESSION}):
 *
 * <pre>
 * long[10]  the counters in the order of the fields below, without a length
 * EVAL ...  evaluator; of probabilities, and confusion matrix, of all and of this interval; whether numbers
 *           are predicted, and their evaluators likewise; drift detector, with the name of its kind before it; the routing windows of
 *           this interval and of the last
 * TYPE      types of the features
 * FIMP      importance of the features
 * long      time of the last use
 * PTAB      the part table
 * </pre>
 */
final class SessionState {
  /** Heap bytes without what grows with classes and features, roughly. */
  private static final long ABOUT_BYTES = 2048;

  /** Events predicted. */
  long events;

  /** Events learned from. */
  long labelled;

  /** Alarms of the drift detector. */
  long drifts;

  /** Feature values ignored because the schema has no place for them. */
  long ignoredValues;

  /** Events that wait for their labels now. */
  long pendingEvents;

  /** Events whose labels did not come in time. */
  long expiredEvents;

  /** Labels that wait for their events now. */
  long pendingLabels;

  /** Labels whose events did not come in time. */
  long expiredLabels;

  /** When the last event or label came, by the job's clock; 0 if that was not written down. */
  long lastUsed;

  private long intervalLabelled;
  private long intervalCorrect;

  PartTable parts;

  /** What is known of the features' types. */
  FeatureTypes types = new FeatureTypes();

  final PrequentialEvaluator evaluator;
  ProbabilityEvaluator probabilities = new ProbabilityEvaluator();
  ConfusionMatrix confusion = new ConfusionMatrix();
  ProbabilityEvaluator intervalProbabilities = new ProbabilityEvaluator();
  ConfusionMatrix intervalConfusion = new ConfusionMatrix();

  /** Where numbers are predicted, of all and of this interval. */
  NumberEvaluator numbers = new NumberEvaluator();

  NumberEvaluator intervalNumbers = new NumberEvaluator();

  /** What each feature is worth to the learner. */
  FeatureImportance importance = new FeatureImportance();

  /** Watches whether predictions are wrong. */
  DriftDetector detector;

  /** This interval's routing so far, and that of the interval before. */
  RoutingWindow routing;

  RoutingWindow lastRouting;

  /**
   * The state of a model that has met no event yet.
   *
   * @param detector fresh
   */
  SessionState(final DriftDetector detector) {
    this(new PartTable(), new PrequentialEvaluator(), detector);
    routing = new RoutingWindow();
    lastRouting = new RoutingWindow();
  }

  private SessionState(
      final PartTable parts, final PrequentialEvaluator evaluator, final DriftDetector detector) {
    this.parts = parts;
    this.evaluator = evaluator;
    this.detector = detector;
  }

  /**
   * Counts a label that became known.
   *
   * @param predicted index of the class predicted, or -1
   * @param actual index of the class
   * @param given probabilities of the classes; null where they are not known any more
   */
  void count(final int predicted, final int actual, final double[] given) {
    labelled++;
    intervalLabelled++;
    intervalCorrect += predicted == actual ? 1 : 0;
    evaluator.add(predicted, actual);
    if (given != null) {
      probabilities.add(given, actual);
      intervalProbabilities.add(given, actual);
    }
    confusion.add(predicted, actual);
    intervalConfusion.add(predicted, actual);
  }

  /**
   * Counts a label that is a number.
   *
   * @param predicted the number predicted, or NaN
   * @param lower end of its interval, or NaN
   * @param upper end of its interval, or NaN
   */
  void count(final double predicted, final double lower, final double upper, final double actual) {
    labelled++;
    intervalLabelled++;
    numbers.add(predicted, lower, upper, actual);
    intervalNumbers.add(predicted, lower, upper, actual);
  }

  /** Accuracy over the labels that became known in this interval, 0 where there were none. */
  double intervalAccuracy() {
    return intervalLabelled == 0 ? 0 : (double) intervalCorrect / intervalLabelled;
  }

  /** Starts the next interval between two metrics records. */
  void startInterval() {
    intervalLabelled = 0;
    intervalCorrect = 0;
    intervalProbabilities = new ProbabilityEvaluator();
    intervalConfusion = new ConfusionMatrix();
    intervalNumbers = new NumberEvaluator();
    lastRouting = routing;
    routing = new RoutingWindow();
  }

  /** Heap bytes, roughly. */
  long sizeBytes() {
    return ABOUT_BYTES
        + confusion.sizeBytes()
        + intervalConfusion.sizeBytes()
        + importance.sizeBytes();
  }

  /** Writes all as it is, with the learner's parts as they were read. */
  void write(final ImageWriter out) {
    writeOwn(out);
    parts.write(out);
  }

  /**
   * Writes all as it is.
   *
   * @param learner all parts of the model, of which those that changed are written
   * @param chunks the map of the model's key, for a large model
   * @param packBelow bytes up to which a learner is part of this chunk
   * @return bytes written to the map
   */
  long save(
      final List<Part> learner,
      final MapState<Long, byte[]> chunks,
      final int packBelow,
      final ImageWriter out)
      throws Exception {
    writeOwn(out);
    return parts.save(learner, chunks, packBelow, out);
  }

  private void writeOwn(final ImageWriter out) {
    out.begin(ImageKind.SESSION);
    out.putLong(events)
        .putLong(labelled)
        .putLong(drifts)
        .putLong(ignoredValues)
        .putLong(pendingEvents)
        .putLong(expiredEvents)
        .putLong(pendingLabels)
        .putLong(expiredLabels)
        .putLong(intervalLabelled)
        .putLong(intervalCorrect);
    evaluator.write(out);
    probabilities.write(out);
    confusion.write(out);
    intervalProbabilities.write(out);
    intervalConfusion.write(out);
    out.putBoolean(numbers.events() > 0);
    if (numbers.events() > 0) {
      numbers.write(out);
      intervalNumbers.write(out);
    }
    Detectors.write(detector, out);
    routing.write(out);
    lastRouting.write(out);
    types.write(out);
    importance.write(out);
    out.putLong(lastUsed);
  }

  /** Whether nothing has happened yet that would have to be kept. */
  boolean isNew() {
    return events + pendingEvents + pendingLabels + expiredEvents + expiredLabels == 0
        && lastUsed == 0;
  }

  static SessionState read(final ImageReader in) {
    in.begin(ImageKind.SESSION);
    final long[] counters = new long[10];
    for (int i = 0; i < counters.length; i++) {
      counters[i] = in.getLongIn(0, Long.MAX_VALUE, "a count");
    }
    final PrequentialEvaluator evaluator = PrequentialEvaluator.read(in);
    final ProbabilityEvaluator probabilities = ProbabilityEvaluator.read(in);
    final ConfusionMatrix confusion = ConfusionMatrix.read(in);
    final ProbabilityEvaluator intervalProbabilities = ProbabilityEvaluator.read(in);
    final ConfusionMatrix intervalConfusion = ConfusionMatrix.read(in);
    final boolean ofNumbers = in.getBoolean();
    final NumberEvaluator numbers = ofNumbers ? NumberEvaluator.read(in) : new NumberEvaluator();
    final NumberEvaluator intervalNumbers =
        ofNumbers ? NumberEvaluator.read(in) : new NumberEvaluator();
    final DriftDetector detector = Detectors.read(in);
    final RoutingWindow routing = RoutingWindow.read(in);
    final RoutingWindow lastRouting = RoutingWindow.read(in);
    final FeatureTypes types = FeatureTypes.read(in);
    final FeatureImportance importance = FeatureImportance.read(in);
    final long lastUsed = in.getLong();
    final SessionState state = new SessionState(PartTable.read(in), evaluator, detector);
    state.probabilities = probabilities;
    state.confusion = confusion;
    state.intervalProbabilities = intervalProbabilities;
    state.intervalConfusion = intervalConfusion;
    state.numbers = numbers;
    state.intervalNumbers = intervalNumbers;
    state.importance = importance;
    state.routing = routing;
    state.lastRouting = lastRouting;
    state.types = types;
    state.lastUsed = lastUsed;
    state.events = counters[0];
    state.labelled = counters[1];
    state.drifts = counters[2];
    state.ignoredValues = counters[3];
    state.pendingEvents = counters[4];
    state.expiredEvents = counters[5];
    state.pendingLabels = counters[6];
    state.expiredLabels = counters[7];
    state.intervalLabelled = counters[8];
    state.intervalCorrect = counters[9];
    in.end();
    return state;
  }
}
