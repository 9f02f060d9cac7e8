package dev.braid.jobs.sql;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.types.Row;

/**
 * Lets rows pass, and fails once when it was asked to: some rows after the first checkpoint that is
 * complete once so many rows have passed. A source that gives its rows by the checkpoint makes sure
 * that it comes to that, however fast the machine is.
 */
public final class FailsOnce extends RichMapFunction<Row, Row> implements CheckpointListener {
  private static final long serialVersionUID = 1L;

  private static final int ROWS_AFTER_THE_CHECKPOINT = 20;

  /** Rows that pass before the checkpoint after which it fails; negative for no failure. */
  public static final AtomicInteger AFTER = new AtomicInteger(-1);

  private transient int passed;
  private transient int failAt;

  @Override
  public Row map(final Row row) {
    passed++;
    if (passed == failAt && AFTER.getAndSet(-1) >= 0) {
      throw new IllegalStateException("a failure that was asked for");
    }
    return row;
  }

  @Override
  public void notifyCheckpointComplete(final long checkpoint) {
    final int after = AFTER.get();
    if (failAt == 0 && after >= 0 && passed >= after) {
      failAt = passed + ROWS_AFTER_THE_CHECKPOINT;
    }
  }
}
