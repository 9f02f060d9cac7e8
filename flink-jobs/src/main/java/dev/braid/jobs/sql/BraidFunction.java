package dev.braid.jobs.sql;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.catalog.DataTypeFactory;
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
@DataTypeHint(LearningFunction.OUTPUT)
public class BraidFunction extends LearningFunction {
  private static final long serialVersionUID = 1L;

  /** Refuses, where the statement is planned, what no row could make good. */
  @Override
  public TypeInference getTypeInference(final DataTypeFactory types) {
    return CheckedInference.of(super.getTypeInference(types), 1);
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
    learner(context, label, id, options, image, journal, waiting, queue)
        .row(input, time(context, "input"), timers(context));
  }
}
