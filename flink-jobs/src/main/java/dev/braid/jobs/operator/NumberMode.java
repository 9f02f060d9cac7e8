package dev.braid.jobs.operator;

import dev.braid.connectors.DecimalText;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.NumberScores;
import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.evaluation.NumberEvaluator;
import dev.braid.router.Prediction;
import java.util.Arrays;
import java.util.List;

/** Where numbers are predicted. */
final class NumberMode implements TargetMode {

  @Override
  public String unfit(final String label, final Schema schema, final SessionSettings settings) {
    return Double.isFinite(DecimalText.finite(label))
        ? null
        : "the label '"
            + (label.length() <= 40 ? label : label.substring(0, 40) + "...")
            + "' is no finite number, and schema.target is numeric";
  }

  @Override
  public boolean isNew(final String label, final Schema schema) {
    return false;
  }

  @Override
  public double target(final String label, final Schema schema) {
    return DecimalText.finite(label);
  }

  @Override
  public PredictionRecord record(
      final Event event,
      final String key,
      final Prediction prediction,
      final double[] levels,
      final Schema schema,
      final List<String> experts,
      final long version) {
    return PredictionRecord.ofNumber(
        event.id(),
        key,
        event.timestamp(),
        new PredictedNumber(
            prediction.number(),
            prediction.lower(),
            prediction.upper(),
            asked(levels),
            asked(prediction.quantiles())),
        experts,
        prediction.weights().clone(),
        version);
  }

  /** Without the ends of the interval. */
  private static List<Double> asked(final double[] ofAll) {
    return ofAll.length == 2 ? List.of() : Arrays.stream(ofAll).skip(2).boxed().toList();
  }

  @Override
  public PendingEvent pending(
      final double[] x, final Prediction prediction, final long expiresAt, final int mostBytes) {
    return new PendingEvent(
        x,
        prediction.number(),
        memberPredictions(prediction, mostBytes),
        new float[0],
        prediction.recollection(),
        expiresAt);
  }

  /** As doubles, to the last bit: learning late must not depend on what was rounded. */
  static double[] memberPredictions(final Prediction prediction, final int mostBytes) {
    final double[] values = prediction.memberPredictions();
    return (long) Double.BYTES * values.length > mostBytes ? new double[0] : values.clone();
  }

  @Override
  public Given given(final Prediction prediction) {
    return new Given(prediction.number(), prediction.lower(), prediction.upper(), null);
  }

  @Override
  public Given given(final PendingEvent event) {
    return new Given(event.predicted(), event.interval()[0], event.interval()[1], null);
  }

  @Override
  public double count(final Given given, final double target, final SessionState state) {
    final double predicted = given.outcome();
    final double error = Double.isNaN(predicted) ? 0 : state.numbers.relative(predicted - target);
    state.count(predicted, given.lower(), given.upper(), target);
    return error;
  }

  @Override
  public String alarm() {
    return "the error beside the spread of the numbers, 0 to 1, went from %.4f to %.4f";
  }

  @Override
  public MetricsRecord scored(
      final MetricsRecord record, final SessionState state, final Schema schema) {
    final NumberEvaluator all = state.numbers;
    final NumberEvaluator interval = state.intervalNumbers;
    return record.with(
        null,
        new NumberScores(
            all.mae(),
            all.rmse(),
            all.r2(),
            all.coverage(),
            interval.mae(),
            interval.rmse(),
            interval.r2(),
            interval.coverage()));
  }
}
