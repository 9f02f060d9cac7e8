package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.router.Prediction;
import java.util.List;

/** What a session does that depends on whether classes or numbers are predicted. No state. */
interface TargetMode {

  static TargetMode of(final Target target) {
    return target instanceof Target.Quantity ? new NumberMode() : new ClassMode();
  }

  /**
   * Why a label cannot be one of the target, or null if it can.
   *
   * @param label as it is written, not null
   */
  String unfit(String label, Schema schema, SessionSettings settings);

  /** Whether the schema has to grow before the label can be learned. */
  boolean isNew(String label, Schema schema);

  /** The label as learners take it; -1 where the schema has to grow first. */
  double target(String label, Schema schema);

  /** The record of a prediction. */
  PredictionRecord record(
      Event event,
      String key,
      Prediction prediction,
      double[] levels,
      Schema schema,
      List<String> experts,
      long version);

  /**
   * What must be kept of a prediction until its label comes.
   *
   * @param mostBytes of what the experts predicted, and of what the learner made of it
   */
  PendingEvent pending(double[] x, Prediction prediction, long expiresAt, int mostBytes);

  /**
   * Counts a label that became known.
   *
   * @param given the event as it was predicted
   * @return how wrong the prediction was, 0 to 1
   */
  double count(Given given, double target, SessionState state);

  /** What the drift detector's alarm says, with the errors before it and now. */
  String alarm();

  /** The figures of a metrics record, of which the rest is in place. */
  MetricsRecord scored(MetricsRecord record, SessionState state, Schema schema);

  /**
   * What was predicted.
   *
   * @param outcome index of the class, -1 for none, or the number, NaN for none
   * @param lower end of a number's interval; NaN where there is none
   * @param upper end of a number's interval
   * @param probabilities that were given to the classes; null if there were none or they are not
   *     known any more
   */
  @SuppressWarnings("ArrayRecordComponent") // Lives for one event, and is never compared.
  record Given(double outcome, double lower, double upper, double[] probabilities) {}

  /** What a prediction gave. */
  Given given(Prediction prediction);

  /** What an event that waited was given. */
  Given given(PendingEvent event);
}
