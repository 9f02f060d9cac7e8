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
    final String refusal = refusal(store, shards);
    if (refusal != null) {
      throw new SuppressRestartsException(new IllegalStateException(refusal));
    }
    kept(store).update(List.of(shards));
  }

  private static ListState<Integer> kept(final OperatorStateStore store) throws Exception {
    return store.getListState(new ListStateDescriptor<>("shards", IntSerializer.INSTANCE));
  }

  /** Why models in so many shards cannot go on with what is in the state, or null. */
  static String refusal(final OperatorStateStore store, final int shards) throws Exception {
    for (final int saved : kept(store).get()) {
      if (saved != shards) {
        return "The models in the savepoint or checkpoint have "
            + saved
            + " shards, and job.shards is "
            + shards
            + ". Set job.shards to "
            + saved
            + ", or start without the state.";
      }
    }
    return null;
  }
}
