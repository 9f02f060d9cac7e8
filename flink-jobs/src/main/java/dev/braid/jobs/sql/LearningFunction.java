package dev.braid.jobs.sql;

import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.types.ColumnList;
import org.apache.flink.types.Row;

/** What the functions that learn have in common: the learner of this subtask, time and timers. */
abstract class LearningFunction extends ProcessTableFunction<Row> {
  private static final long serialVersionUID = 1L;

  /** The rows that come out. */
  static final String OUTPUT =
      "ROW<kind STRING NOT NULL, id STRING, predicted STRING, probabilities MAP<STRING, DOUBLE>,"
          + " predicted_number DOUBLE, interval_lower DOUBLE, interval_upper DOUBLE,"
          + " quantiles MAP<STRING, DOUBLE>, weights MAP<STRING, DOUBLE>, model_version BIGINT,"
          + " change STRING, subject STRING, reason STRING, metrics MAP<STRING, DOUBLE>>";

  /** State that lasts: the time that the session gives to state would tear holes into models. */
  static final String FOR_EVER = "0 ms";

  /** Milliseconds until it is looked again whether arguments have come. */
  private static final long LATER = 3_600_000;

  private transient TableLearner learner;

  /** The learner, with the state of the current key. */
  final TableLearner learner(
      final Context context,
      final ColumnList label,
      final ColumnList id,
      final String options,
      final MapView<Long, byte[]> image,
      final MapView<Long, byte[]> journal,
      final MapView<String, byte[]> waiting,
      final MapView<Long, byte[]> queue) {
    if (learner == null) {
      final TableSemantics input = context.tableSemanticsFor("input");
      final InputColumns columns =
          InputColumns.ofInput(input, label.getNames().get(0), id.getNames().get(0));
      learner =
          new TableLearner(
              columns,
              SqlOptions.parse(options, columns.labels()).require(input.timeColumn() >= 0),
              this::collect);
    }
    learner.state(image, journal, waiting, queue);
    return learner;
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

  static TableLearner.Timers timers(final Context context) {
    return (key, time) -> context.timeContext(Long.class).registerOnTime(key, time);
  }

  /** The row's own time where the table has one that was named, so that a replay decides alike. */
  static long time(final Context context, final String table) {
    final Long millis =
        context.tableSemanticsFor(table).timeColumn() < 0
            ? null
            : context.timeContext(Long.class).time();
    return millis == null ? System.currentTimeMillis() : millis;
  }
}
