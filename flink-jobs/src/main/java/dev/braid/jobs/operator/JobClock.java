package dev.braid.jobs.operator;

import java.util.List;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/**
 * The clock by which events wait and models idle: it stands still while the job is down, so that a
 * job which was stopped for a day does not find everything expired when it comes back. Without a
 * break it is the clock on the wall, in milliseconds since the epoch.
 */
public final class JobClock {
  private final LongSupplier wall;
  private final ListState<Long> kept;

  /** Milliseconds that this clock is behind the wall's. */
  private final long behind;

  private JobClock(final LongSupplier wall, final ListState<Long> kept, final long behind) {
    this.wall = wall;
    this.kept = kept;
    this.behind = behind;
  }

  /**
   * A clock that goes on from the last checkpoint, if there is one.
   *
   * @param wall milliseconds since the epoch
   */
  public static JobClock restore(final OperatorStateStore store, final LongSupplier wall)
      throws Exception {
    // Every subtask sees what all have saved: they go on from one time.
    final ListState<Long> kept =
        store.getUnionListState(new ListStateDescriptor<>("clock", LongSerializer.INSTANCE));
    boolean restored = false;
    long last = Long.MIN_VALUE;
    for (final long saved : kept.get()) {
      last = Math.max(last, saved);
      restored = true;
    }
    return new JobClock(wall, kept, restored ? wall.getAsLong() - last : 0);
  }

  /** Milliseconds since the epoch, but for the time that the job was down. */
  public long now() {
    return wall.getAsLong() - behind;
  }

  /** When the clock on the wall will show that time. */
  public long onTheWall(final long time) {
    return time + behind;
  }

  /** Puts the time into the checkpoint that is being made. */
  public void save() throws Exception {
    kept.update(List.of(now()));
  }
}
