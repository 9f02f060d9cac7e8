package dev.braid.jobs.sql;

import dev.braid.connectors.ClassScores;
import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.NumberScores;
import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.operator.JournaledModels;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.types.Row;

/** Makes the rows of the SQL function's output, all kinds in one table. */
final class OutputRows implements JournaledModels.Sink {
  // Places of the columns, as the function's type has them.
  private static final int KIND = 0;
  private static final int ID = 1;
  private static final int PREDICTED = 2;
  private static final int PROBABILITIES = 3;
  private static final int NUMBER = 4;
  private static final int LOWER = 5;
  private static final int UPPER = 6;
  private static final int QUANTILES = 7;
  private static final int WEIGHTS = 8;
  private static final int MODEL_VERSION = 9;
  private static final int CHANGE = 10;
  private static final int SUBJECT = 11;
  private static final int REASON = 12;
  private static final int METRICS = 13;
  private static final int COLUMNS = 14;

  private final Consumer<Row> out;

  OutputRows(final Consumer<Row> out) {
    this.out = out;
  }

  private static Row row(final String kind) {
    final Row row = new Row(COLUMNS);
    row.setField(KIND, kind);
    return row;
  }

  @Override
  public void prediction(final PredictionRecord record) {
    final Row row = row("prediction");
    row.setField(ID, record.id());
    if (record.number() == null) {
      row.setField(PREDICTED, record.predicted());
      row.setField(PROBABILITIES, map(record.classes(), record.probabilities()));
    } else {
      number(row, record.number());
    }
    row.setField(WEIGHTS, map(record.experts(), record.weights()));
    row.setField(MODEL_VERSION, record.modelVersion());
    out.accept(row);
  }

  private static void number(final Row row, final PredictedNumber number) {
    row.setField(NUMBER, known(number.value()));
    row.setField(LOWER, known(number.lower()));
    row.setField(UPPER, known(number.upper()));
    final Map<String, Double> quantiles = new HashMap<>();
    for (int q = 0; q < number.levels().size(); q++) {
      quantiles.put(number.levels().get(q).toString(), known(number.quantiles().get(q)));
    }
    row.setField(QUANTILES, quantiles);
  }

  private static Double known(final double value) {
    return Double.isFinite(value) ? value : null;
  }

  @Override
  public void metrics(final MetricsRecord record) {
    final Map<String, Double> metrics = new HashMap<>();
    metrics.put("events", (double) record.events());
    metrics.put("labelled", (double) record.labelled());
    if (record.classes() != null) {
      scores(metrics, record.classes());
    }
    if (record.numbers() != null) {
      scores(metrics, record.numbers());
    }
    metrics.put("weight_entropy", record.weightEntropy());
    metrics.put("drifts", (double) record.drifts());
    metrics.put("pending", (double) record.pending());
    metrics.put("expired", (double) record.expired());
    metrics.put("pending_labels", (double) record.pendingLabels());
    metrics.put("expired_labels", (double) record.expiredLabels());
    metrics.put("ignored_features", (double) record.ignoredFeatures());
    metrics.put("state_bytes", (double) record.stateBytes());
    record.featureImportance().forEach((name, worth) -> metrics.put("importance." + name, worth));
    final Row row = row("metrics");
    row.setField(WEIGHTS, record.expertWeight());
    row.setField(MODEL_VERSION, record.labelled());
    row.setField(METRICS, metrics);
    out.accept(row);
  }

  private static void scores(final Map<String, Double> metrics, final ClassScores scores) {
    metrics.put("accuracy", scores.accuracy());
    metrics.put("kappa", scores.kappa());
    metrics.put("kappa_m", scores.kappaM());
    metrics.put("kappa_t", scores.kappaT());
    metrics.put("log_loss", scores.logLoss());
    metrics.put("brier", scores.brier());
    metrics.put("calibration_error", scores.calibrationError());
    metrics.put("window_accuracy", scores.windowAccuracy());
    metrics.put("window_kappa", scores.windowKappa());
    metrics.put("window_log_loss", scores.windowLogLoss());
  }

  private static void scores(final Map<String, Double> metrics, final NumberScores scores) {
    metrics.put("mae", scores.mae());
    metrics.put("rmse", scores.rmse());
    metrics.put("r2", scores.r2());
    metrics.put("coverage", scores.coverage());
    metrics.put("window_mae", scores.windowMae());
    metrics.put("window_rmse", scores.windowRmse());
    metrics.put("window_r2", scores.windowR2());
    metrics.put("window_coverage", scores.windowCoverage());
  }

  @Override
  public void drift(final DriftRecord record) {
    final Row row = row("drift");
    row.setField(CHANGE, record.kind());
    row.setField(SUBJECT, record.subject());
    row.setField(REASON, record.reason());
    out.accept(row);
  }

  @Override
  public void deadLetter(final DeadLetter record) {
    final Row row = row("dead-letter");
    row.setField(ID, new String(record.origin().bytes(), StandardCharsets.UTF_8));
    row.setField(REASON, record.reason());
    out.accept(row);
  }

  private static Map<String, Double> map(final List<String> names, final double[] values) {
    final Map<String, Double> map = new HashMap<>(2 * values.length);
    for (int i = 0; i < values.length; i++) {
      map.put(names.get(i), values[i]);
    }
    return map;
  }
}
