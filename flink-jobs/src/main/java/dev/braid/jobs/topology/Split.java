package dev.braid.jobs.topology;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.operator.SideOutputs;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets what is wanted pass, and sends dead letters aside; also late labels that come among events
 * which are wanted alone.
 *
 * @param <T> what passes
 */
final class Split<T extends Decoded> extends ProcessFunction<Decoded, T> {
  private static final long serialVersionUID = 1L;

  /** Labels among events. */
  static final OutputTag<LabelRecord> LATE_LABELS =
      new OutputTag<>("late-labels", RecordTypes.LABEL);

  private final Class<T> wanted;

  Split(final Class<T> wanted) {
    this.wanted = wanted;
  }

  @Override
  public void processElement(final Decoded value, final Context context, final Collector<T> out) {
    if (value instanceof DeadLetter letter) {
      context.output(SideOutputs.DEAD_LETTERS, letter);
    } else if (value instanceof LabelRecord label && wanted == Event.class) {
      context.output(LATE_LABELS, label);
    } else {
      out.collect(wanted.cast(value));
    }
  }
}
