package dev.braid.jobs.sql;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.types.Row;

/** Lets rows pass, and fails once when it was asked to and a checkpoint has been made. */
public final class FailsOnce extends RichMapFunction<Row, Row> implements CheckpointListener {
  private static final long serialVersionUID = 1L;

  /** Rows after the first checkpoint until the failure; negative for none. */
  public static final AtomicInteger AFTER = new AtomicInteger(-1);

  private transient boolean checkpointed;

  @Override
  public Row map(final Row row) {
    if (checkpointed && AFTER.get() >= 0 && AFTER.getAndDecrement() == 0) {
      throw new IllegalStateException("a failure that was asked for");
    }
    return row;
  }

  @Override
  public void notifyCheckpointComplete(final long checkpoint) {
    checkpointed = true;
  }
}
