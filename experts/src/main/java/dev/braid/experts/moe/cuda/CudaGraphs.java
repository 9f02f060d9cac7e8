package dev.braid.experts.moe.cuda;

import dev.braid.experts.moe.device.DeviceException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One CUDA graph per kind of step, so that a step costs one launch instead of twenty. The first
 * step of a kind runs as it is, which lets cuBLAS load what it needs; the second is recorded.
 *
 * @param <G> a graph as it was recorded
 * @param <R> one that is ready to be launched
 */
final class CudaGraphs<G, R> {
  /** Steps of a gate that chooses are of many kinds; beyond so many all begin anew. */
  private static final int MOST = 256;

  /** What is asked of CUDA. */
  interface Recorder<G, R> {
    /** Lets what comes be recorded instead of carried out. */
    void begin();

    /** Ends a recording, also one in which something failed. */
    G end();

    /** Makes a graph ready, and leaves it as it is. */
    R prepare(G graph);

    /** Gives a graph back. */
    void discard(G graph);

    void launch(R ready);

    /** Waits until nothing is under way. */
    void settle();

    /** Gives back one that is ready and not under way. */
    void free(R ready);
  }

  private final Recorder<G, R> recorder;
  private final Map<Object, R> recorded = new HashMap<>();
  private final Set<Object> seen = new HashSet<>();

  CudaGraphs(final Recorder<G, R> recorder) {
    this.recorder = recorder;
  }

  /**
   * @param kind null for what is never recorded
   */
  void run(final Object kind, final Runnable program) {
    if (kind != null && seen.size() >= MOST && !seen.contains(kind)) {
      // A graph may not go while it is under way.
      recorder.settle();
      close();
    }
    if (kind == null || seen.add(kind)) {
      program.run();
      return;
    }
    R ready = recorded.get(kind);
    if (ready == null) {
      ready = record(program);
      recorded.put(kind, ready);
    }
    recorder.launch(ready);
  }

  private R record(final Runnable program) {
    final G graph = graph(program);
    try {
      return recorder.prepare(graph);
    } finally {
      recorder.discard(graph);
    }
  }

  private G graph(final Runnable program) {
    recorder.begin();
    try {
      program.run();
    } catch (final RuntimeException | Error failed) {
      // A stream that is left recording takes no other work.
      try {
        recorder.discard(recorder.end());
      } catch (final DeviceException alsoFailed) {
        failed.addSuppressed(alsoFailed);
      }
      throw failed;
    }
    return recorder.end();
  }

  void close() {
    recorded.values().forEach(recorder::free);
    recorded.clear();
    seen.clear();
  }
}
