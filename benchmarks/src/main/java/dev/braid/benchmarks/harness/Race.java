package dev.braid.benchmarks.harness;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Learners on one pass over one stream: every chunk of events is read once, then each learner works
 * on it in turn. With one learner this is a plain prequential run; with several their times
 * compare, for the machine's moods hit all alike.
 */
final class Race {
  /** Events read ahead; long enough that reading the clock costs nothing beside it. */
  static final int CHUNK = 1000;

  private final InstanceSource source;
  private final List<Lane<?>> lanes;
  private final long limit;

  /**
   * @param lanes all for the same stream and limit
   */
  Race(final InstanceSource source, final List<Lane<?>> lanes) {
    this.source = source;
    this.lanes = List.copyOf(lanes);
    this.limit = lanes.get(0).cell().limit();
  }

  /**
   * Runs to the end of the stream or the limit.
   *
   * @param progress told the number of events done after each chunk
   * @return one result per lane, in their order
   */
  List<CellResult> run(final LongConsumer progress) {
    long read = 0;
    for (int turn = 0; read < limit; turn++) {
      final int loaded = load((int) Math.min(CHUNK, limit - read));
      if (loaded == 0) {
        break;
      }
      read += loaded;
      // Who goes first changes, so that nobody always finds the caches cold.
      for (int i = 0; i < lanes.size(); i++) {
        lanes.get((turn + i) % lanes.size()).run();
      }
      lanes.forEach(Lane::account);
      progress.accept(read);
    }
    final List<CellResult> results = new ArrayList<>(lanes.size());
    for (final Lane<?> lane : lanes) {
      results.add(lane.finish(source.schema().classCount(), lanes.size() > 1));
    }
    return results;
  }

  private int load(final int wanted) {
    int loaded = 0;
    while (loaded < wanted) {
      final Instance instance = source.next();
      if (instance == null) {
        break;
      }
      final Schema schema = source.schema();
      for (final Lane<?> lane : lanes) {
        lane.load(instance, schema);
      }
      loaded++;
    }
    return loaded;
  }
}
