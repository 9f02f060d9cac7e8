package dev.braid.jobs.sql;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
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
  private static final int WEIGHTS = 4;
  private static final int MODEL_VERSION = 5;
  private static final int CHANGE = 6;
  private static final int SUBJECT = 7;
  private static final int REASON = 8;
  private static final int METRICS = 9;
  private static final int COLUMNS = 10;

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
    row.setField(PREDICTED, record.predicted());
    row.setField(PROBABILITIES, map(record.classes(), record.probabilities()));
    row.setField(WEIGHTS, map(record.experts(), record.weights()));
    row.setField(MODEL_VERSION, record.modelVersion());
    out.accept(row);
  }

  @Override
  public void metrics(final MetricsRecord record) {
    final Map<String, Double> metrics = new HashMap<>();
    metrics.put("events", (double) record.events());
    metrics.put("labelled", (double) record.labelled());
    metrics.put("accuracy", record.classes().accuracy());
    metrics.put("kappa", record.classes().kappa());
    metrics.put("kappa_m", record.classes().kappaM());
    metrics.put("kappa_t", record.classes().kappaT());
    metrics.put("log_loss", record.classes().logLoss());
    metrics.put("window_accuracy", record.classes().windowAccuracy());
    metrics.put("window_kappa", record.classes().windowKappa());
    metrics.put("window_log_loss", record.classes().windowLogLoss());
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
