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
 * As {@link BraidFunction}, with late labels in a table of their own, from Flink 2.3 on:
 *
 * <pre>{@code
 * SELECT * FROM BRAID_WITH_LABELS(
 *   input => TABLE events PARTITION BY shop,
 *   labels => TABLE outcomes PARTITION BY shop,
 *   label => DESCRIPTOR(outcome),
 *   id => DESCRIPTOR(id),
 *   uid => 'fraud')
 * }</pre>
 *
 * <p>The columns of label and id are called the same in both tables.
 */
@DataTypeHint(LearningFunction.OUTPUT)
public class BraidWithLabelsFunction extends LearningFunction {
  private static final long serialVersionUID = 1L;

  private transient InputColumns ofLabels;

  /** Refuses, where the statement is planned, what no row could make good. */
  @Override
  public TypeInference getTypeInference(final DataTypeFactory types) {
    return CheckedInference.of(super.getTypeInference(types), 2);
  }

  /** Called by Flink for each row of one of the tables; the other's is null. */
  public void eval(
      final Context context,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> image,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> journal,
      @StateHint(ttl = FOR_EVER) final MapView<String, byte[]> waiting,
      @StateHint(ttl = FOR_EVER) final MapView<Long, byte[]> queue,
      @ArgumentHint({ArgumentTrait.SET_SEMANTIC_TABLE, ArgumentTrait.SUPPORT_UPDATES})
          final Row input,
      @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) final Row labels,
      @ArgumentHint final ColumnList label,
      @ArgumentHint final ColumnList id,
      @ArgumentHint(isOptional = true) final String options)
      throws Exception {
    final TableLearner learner =
        learner(context, label, id, options, image, journal, waiting, queue);
    if (input != null) {
      learner.row(input, time(context, "input"), timers(context));
      return;
    }
    if (ofLabels == null) {
      ofLabels =
          InputColumns.ofLabels(
              context.tableSemanticsFor("labels"), label.getNames().get(0), id.getNames().get(0));
    }
    learner.label(ofLabels, labels, time(context, "labels"));
  }
}
