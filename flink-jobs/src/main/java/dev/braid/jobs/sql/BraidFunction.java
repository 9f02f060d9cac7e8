package dev.braid.jobs.sql;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.types.ColumnList;
import org.apache.flink.types.Row;

/**
 * Learns from a table while it predicts its rows:
 *
 * <pre>{@code
 * SELECT * FROM BRAID(
 *   input => TABLE events PARTITION BY shop,
 *   label => DESCRIPTOR(outcome),
 *   id => DESCRIPTOR(id),
 *   options => 'model.preset = braid; model.seed = 7',
 *   uid => 'fraud')
 * }</pre>
 *
 * <p>There is one model per partition, and one for the whole table without a {@code PARTITION BY}.
 * All columns but those of the label, the id, the partition and the time are features. A row with a
 * label is predicted, then learned; one without is predicted, and learned when an update brings its
 * label, or a row with the same id whose features are all null. {@code docs/sql.md} says the rest.
 */
@DataTypeHint(
    "ROW<kind STRING NOT NULL, id STRING, predicted STRING, probabilities MAP<STRING, DOUBLE>,"
        + " predicted_number DOUBLE, interval_lower DOUBLE, interval_upper DOUBLE,"
        + " quantiles MAP<STRING, DOUBLE>, weights MAP<STRING, DOUBLE>, model_version BIGINT,"
        + " change STRING, subject STRING, reason STRING, metrics MAP<STRING, DOUBLE>>")
public class BraidFunction extends ProcessTableFunction<Row> {
  private static final long serialVersionUID = 1L;

  /** State that lasts: the time that the session gives to state would tear holes into models. */
  private static final String FOR_EVER = "0 ms";

  /** Milliseconds until it is looked again whether arguments have come. */
  private static final long LATER = 3_600_000;

  private transient TableLearner learner;

  /** Refuses, where the statement is planned, what no row could make good. */
  @Override
  public TypeInference getTypeInference(final DataTypeFactory types) {
    return CheckedInference.of(super.getTypeInference(types));
  }

  /** Called by Flink for each row. */
  public void eval(
      final Context context,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> image,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> journal,
      @StateHint(ttl = FOR_EVER) final MapView<String, byte[]> waiting,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> queue,
      @ArgumentHint({
            ArgumentTrait.SET_SEMANTIC_TABLE,
            ArgumentTrait.OPTIONAL_PARTITION_BY,
            ArgumentTrait.SUPPORT_UPDATES
          })
          final Row input,
      @ArgumentHint final ColumnList label,
      @ArgumentHint final ColumnList id,
      @ArgumentHint(isOptional = true) final String options)
      throws Exception {
    if (learner == null) {
      final TableSemantics semantics = context.tableSemanticsFor("input");
      final TableColumns columns =
          new TableColumns(semantics, label.getNames().get(0), id.getNames().get(0));
      learner =
          new TableLearner(
              columns,
              SqlOptions.parse(options, columns.labels()).require(semantics.timeColumn() >= 0),
              this::collect);
    }
    learner.state(image, journal, waiting, queue);
    learner.row(input, time(context), timers(context));
  }

  /** Called by Flink when the table's time has come for a model that may be idle. */
  public void onTimer(
      final OnTimerContext context,
      final MapView<Long, byte[]> image,
      final MapView<Long, byte[]> journal,
      final MapView<String, byte[]> waiting,
      final MapView<Long, byte[]> queue)
      throws Exception {
    final TimeContext<Long> time = context.timeContext(Long.class);
    final String key = context.currentTimer();
    if (learner != null) {
      learner.state(image, journal, waiting, queue);
      learner.idle(key, time.time(), timers(context));
    } else if (time.currentWatermark() != null && time.currentWatermark() < Long.MAX_VALUE) {
      // The arguments come with the first row, and nothing needs the place until then.
      time.registerOnTime(key, time.currentWatermark() + LATER);
    }
  }

  private static TableLearner.Timers timers(final Context context) {
    return (key, time) -> context.timeContext(Long.class).registerOnTime(key, time);
  }

  /** The row's own time where the table has one that was named, so that a replay decides alike. */
  private static long time(final Context context) {
    final Long millis =
        context.tableSemanticsFor("input").timeColumn() < 0
            ? null
            : context.timeContext(Long.class).time();
    return millis == null ? System.currentTimeMillis() : millis;
  }
}
