package dev.braid.jobs.operator;

import dev.braid.connectors.ClassScores;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.evaluation.ConfusionMatrix;
import dev.braid.router.Prediction;
import java.util.List;

/** Where classes are predicted. */
final class ClassMode implements TargetMode {

  @Override
  public String unfit(final String label, final Schema schema, final SessionSettings settings) {
    return isNew(label, schema) && schema.classCount() >= settings.highestClasses()
        ? "the label would be class "
            + (schema.classCount() + 1)
            + " of its model, at most "
            + settings.highestClasses()
            + " are allowed"
        : null;
  }

  @Override
  public boolean isNew(final String label, final Schema schema) {
    return schema.classIndex(label) < 0;
  }

  @Override
  public double target(final String label, final Schema schema) {
    return schema.classIndex(label);
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
    final int predicted = prediction.label();
    final List<String> classes = schema.classes();
    return new PredictionRecord(
        event.id(),
        key,
        event.timestamp(),
        predicted < 0 ? null : classes.get(predicted),
        classes,
        prediction.probabilities().clone(),
        experts,
        prediction.weights().clone(),
        version);
  }

  @Override
  public PendingEvent pending(
      final double[] x, final Prediction prediction, final long expiresAt, final int mostBytes) {
    return new PendingEvent(
        x,
        prediction.label(),
        NumberMode.memberPredictions(prediction, mostBytes),
        probabilities(prediction, mostBytes),
        new double[0],
        expiresAt);
  }

  /** For the figures alone. */
  private static float[] probabilities(final Prediction prediction, final int mostBytes) {
    final double[] given = prediction.probabilities();
    final float[] kept =
        new float[(long) Float.BYTES * given.length > mostBytes ? 0 : given.length];
    for (int c = 0; c < kept.length; c++) {
      kept[c] = (float) given[c];
    }
    return kept;
  }

  @Override
  public Given given(final Prediction prediction) {
    return new Given(prediction.label(), Double.NaN, Double.NaN, prediction.probabilities());
  }

  @Override
  public Given given(final PendingEvent event) {
    final float[] kept = event.probabilities();
    final double[] given = kept.length == 0 ? null : new double[kept.length];
    for (int c = 0; c < kept.length; c++) {
      given[c] = kept[c];
    }
    return new Given(event.predicted(), Double.NaN, Double.NaN, given);
  }

  @Override
  public double count(final Given given, final double target, final SessionState state) {
    state.count((int) given.outcome(), (int) target, given.probabilities());
    return given.outcome() == target ? 0 : 1;
  }

  @Override
  public String alarm() {
    return "the share of wrong predictions went from %.4f to %.4f";
  }

  @Override
  public MetricsRecord scored(
      final MetricsRecord record, final SessionState state, final Schema schema) {
    return record.with(scores(state, schema.classes()), null);
  }

  private static ClassScores scores(final SessionState state, final List<String> classes) {
    return new ClassScores(
        state.evaluator.accuracy(),
        state.evaluator.kappa(),
        state.evaluator.kappaM(),
        state.evaluator.kappaT(),
        state.probabilities.logLoss(),
        state.probabilities.brier(),
        state.probabilities.calibrationError(),
        state.intervalAccuracy(),
        state.intervalConfusion.kappa(),
        state.intervalProbabilities.logLoss(),
        classes.size() <= ConfusionMatrix.MOST
            ? classes
            : List.copyOf(classes.subList(0, ConfusionMatrix.MOST)),
        state.confusion.counts(classes.size()));
  }
}
