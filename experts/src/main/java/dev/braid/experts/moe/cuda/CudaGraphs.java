package dev.braid.experts.moe.cuda;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/**
 * One CUDA graph per kind of step, so that a step costs one launch instead of twenty. The first
 * step of a kind runs as it is, which lets cuBLAS load what it needs; the second is recorded.
 */
final class CudaGraphs {
  /** Steps of a gate that chooses are of many kinds; beyond so many all begin anew. */
  private static final int MOST = 256;

  private final CUstream_st stream;
  private final Map<Object, CUgraphExec_st> recorded = new HashMap<>();
  private final Set<Object> seen = new HashSet<>();

  CudaGraphs(final CUstream_st stream) {
    this.stream = stream;
  }

  /**
   * @param kind null for what is never recorded
   */
  void run(final Object kind, final Runnable program) {
    if (kind != null && seen.size() >= MOST && !seen.contains(kind)) {
      // A graph may not go while it is under way.
      Cuda.check(cudart.cudaStreamSynchronize(stream), "carrying out recorded steps");
      close();
    }
    if (kind == null || seen.add(kind)) {
      program.run();
      return;
    }
    CUgraphExec_st graph = recorded.get(kind);
    if (graph == null) {
      graph = record(program);
      recorded.put(kind, graph);
    }
    Cuda.check(cudart.cudaGraphLaunch(graph, stream), "launching a step");
  }

  private CUgraphExec_st record(final Runnable program) {
    final CUgraph_st graph = new CUgraph_st();
    final CUgraphExec_st ready = new CUgraphExec_st();
    Cuda.check(
        cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal),
        "recording a step");
    program.run();
    Cuda.check(cudart.cudaStreamEndCapture(stream, graph), "recording a step");
    Cuda.check(cudart.cudaGraphInstantiate(ready, graph, 0), "preparing a recorded step");
    Cuda.check(cudart.cudaGraphDestroy(graph), "preparing a recorded step");
    return ready;
  }

  void close() {
    for (final CUgraphExec_st graph : recorded.values()) {
      cudart.cudaGraphExecDestroy(graph);
    }
    recorded.clear();
    seen.clear();
  }
}
