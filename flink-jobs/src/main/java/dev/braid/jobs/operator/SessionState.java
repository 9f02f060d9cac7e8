package dev.braid.jobs.operator;

import dev.braid.drift.Adwin;
import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.state.PartTable;

/**
 * What is kept of a model beside its learner: how it did so far, and where its learner's parts are
 * kept. Written as one block.
 *
 * <p>Layout ({@code SESS}, version 2): the part table, the counters in the order of the fields
 * below, the evaluator, the drift detector and the two routing windows; since version 2 the time of
 * the last use.
 */
final class SessionState {
  /** Heap bytes, roughly. */
  static final long ABOUT_BYTES = 4096;

  private static final String KIND = "SESS";
  private static final int VERSION = 2;

  /** Events predicted. */
  long events;

  /** Events learned from. */
  long labelled;

  /** Alarms of the drift detector. */
  long drifts;

  /** Feature values ignored because the schema has no place for them. */
  long ignoredValues;

  /** Events that wait for their labels now. */
  long waitingEvents;

  /** Events whose labels did not come in time. */
  long expiredEvents;

  /** Labels that wait for their events now. */
  long waitingLabels;

  /** Labels whose events did not come in time. */
  long expiredLabels;

  /** When the last event or label came, by the job's clock; 0 if that was not written down. */
  long lastUsed;

  private long intervalLabelled;
  private long intervalCorrect;

  final PartTable parts;
  final PrequentialEvaluator evaluator;
  final Adwin detector;

  /** This interval's routing so far, and that of the interval before. */
  RoutingWindow routing;

  RoutingWindow lastRouting;

  SessionState() {
    // The evaluator's own sliding window is not used: an interval is counted here.
    this(new PartTable(), new PrequentialEvaluator(1), new Adwin());
    routing = new RoutingWindow();
    lastRouting = new RoutingWindow();
  }

  private SessionState(
      final PartTable parts, final PrequentialEvaluator evaluator, final Adwin detector) {
    this.parts = parts;
    this.evaluator = evaluator;
    this.detector = detector;
  }

  /**
   * Counts a label that became known.
   *
   * @param predicted index of the class predicted, or -1
   * @param actual index of the class
   */
  void count(final int predicted, final int actual) {
    labelled++;
    intervalLabelled++;
    intervalCorrect += predicted == actual ? 1 : 0;
    evaluator.add(predicted, actual);
  }

  /** Accuracy over the labels that became known in this interval, 0 where there were none. */
  double intervalAccuracy() {
    return intervalLabelled == 0 ? 0 : (double) intervalCorrect / intervalLabelled;
  }

  /** Starts the next interval between two metrics records. */
  void startInterval() {
    intervalLabelled = 0;
    intervalCorrect = 0;
    lastRouting = routing;
    routing = new RoutingWindow();
  }

  void write(final ImageWriter out) {
    out.begin(KIND, VERSION);
    parts.write(out);
    out.putLong(events)
        .putLong(labelled)
        .putLong(drifts)
        .putLong(ignoredValues)
        .putLong(waitingEvents)
        .putLong(expiredEvents)
        .putLong(waitingLabels)
        .putLong(expiredLabels)
        .putLong(intervalLabelled)
        .putLong(intervalCorrect);
    evaluator.write(out);
    detector.write(out);
    routing.write(out);
    lastRouting.write(out);
    out.putLong(lastUsed);
  }

  static SessionState read(final ImageReader in) {
    final int version = in.begin(KIND, VERSION);
    final PartTable parts = PartTable.read(in);
    final long[] counters = new long[10];
    for (int i = 0; i < counters.length; i++) {
      counters[i] = in.getLong();
    }
    final SessionState state =
        new SessionState(parts, PrequentialEvaluator.read(in), Adwin.read(in));
    state.routing = RoutingWindow.read(in);
    state.lastRouting = RoutingWindow.read(in);
    state.lastUsed = version < 2 ? 0 : in.getLong();
    state.events = counters[0];
    state.labelled = counters[1];
    state.drifts = counters[2];
    state.ignoredValues = counters[3];
    state.waitingEvents = counters[4];
    state.expiredEvents = counters[5];
    state.waitingLabels = counters[6];
    state.expiredLabels = counters[7];
    state.intervalLabelled = counters[8];
    state.intervalCorrect = counters[9];
    in.end();
    return state;
  }
}
