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
final class Run {
  /** Events read ahead; long enough that reading the clock costs nothing beside it. */
  static final int CHUNK = 1000;

  private final InstanceSource source;
  private final List<Trial<?>> trials;
  private final long limit;

  /**
   * @param trials all for the same stream and limit
   */
  Run(final InstanceSource source, final List<Trial<?>> trials) {
    this.source = source;
    this.trials = List.copyOf(trials);
    this.limit = trials.get(0).cell().limit();
  }

  /**
   * Runs to the end of the stream or the limit.
   *
   * @param progress told the number of events done after each chunk
   * @return one result per trial, in their order
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
      for (int i = 0; i < trials.size(); i++) {
        trials.get((turn + i) % trials.size()).run();
      }
      trials.forEach(Trial::account);
      progress.accept(read);
    }
    final List<CellResult> results = new ArrayList<>(trials.size());
    for (final Trial<?> trial : trials) {
      results.add(trial.finish(source.schema().classCount(), trials.size() > 1));
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
      for (final Trial<?> trial : trials) {
        trial.load(instance, schema);
      }
      loaded++;
    }
    return loaded;
  }
}
