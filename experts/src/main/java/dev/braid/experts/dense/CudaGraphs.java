package dev.braid.experts.dense;

import dev.braid.experts.dense.Device.Program;
import dev.braid.experts.dense.Device.Step;
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
  private final CUstream_st stream;
  private final Map<Step, CUgraphExec_st> recorded = new HashMap<>();
  private final Set<Step> seen = new HashSet<>();

  CudaGraphs(final CUstream_st stream) {
    this.stream = stream;
  }

  void run(final Step step, final Program program) {
    if (seen.add(step)) {
      program.run(step);
      return;
    }
    CUgraphExec_st graph = recorded.get(step);
    if (graph == null) {
      graph = record(step, program);
      recorded.put(step, graph);
    }
    Cuda.check(cudart.cudaGraphLaunch(graph, stream), "launching a step");
  }

  private CUgraphExec_st record(final Step step, final Program program) {
    final CUgraph_st graph = new CUgraph_st();
    final CUgraphExec_st ready = new CUgraphExec_st();
    Cuda.check(
        cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal),
        "recording a step");
    program.run(step);
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
  }
}
