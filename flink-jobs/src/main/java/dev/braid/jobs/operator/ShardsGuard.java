package dev.braid.jobs.operator;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Keeps into how many shards models were divided, and refuses another number. */
final class ShardsGuard {
  private ShardsGuard() {}

  /**
   * @throws SuppressRestartsException if the state is of another number of shards
   */
  static void check(final OperatorStateStore store, final int shards) throws Exception {
    final ListState<Integer> kept =
        store.getListState(new ListStateDescriptor<>("shards", IntSerializer.INSTANCE));
    for (final int saved : kept.get()) {
      if (saved != shards) {
        throw new SuppressRestartsException(
            new IllegalStateException(
                "The models in the savepoint or checkpoint have "
                    + saved
                    + " shards, and job.shards is "
                    + shards
                    + ". Set job.shards to "
                    + saved
                    + ", or start without the state."));
      }
    }
    kept.update(List.of(shards));
  }
}
