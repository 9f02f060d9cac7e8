package dev.braid.experts.moe.cuda;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/** Records what a stream is given. */
final class CudaRecorder implements CudaGraphs.Recorder<CUgraph_st, CUgraphExec_st> {
  private final CUstream_st stream;

  CudaRecorder(final CUstream_st stream) {
    this.stream = stream;
  }

  @Override
  public void begin() {
    Cuda.check(
        cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal),
        "recording a step");
  }

  @Override
  public CUgraph_st end() {
    final CUgraph_st graph = new CUgraph_st();
    final int code = cudart.cudaStreamEndCapture(stream, graph);
    if (code != cudart.cudaSuccess && !graph.isNull()) {
      discard(graph);
    }
    Cuda.check(code, "recording a step");
    return graph;
  }

  @Override
  public CUgraphExec_st prepare(final CUgraph_st graph) {
    final CUgraphExec_st ready = new CUgraphExec_st();
    Cuda.check(cudart.cudaGraphInstantiate(ready, graph, 0), "preparing a recorded step");
    return ready;
  }

  /** What this returns is of no interest: a device that failed fails at the next call again. */
  @Override
  public void discard(final CUgraph_st graph) {
    cudart.cudaGraphDestroy(graph);
  }

  @Override
  public void launch(final CUgraphExec_st ready) {
    Cuda.check(cudart.cudaGraphLaunch(ready, stream), "launching a step");
  }

  @Override
  public void settle() {
    Cuda.check(cudart.cudaStreamSynchronize(stream), "carrying out recorded steps");
  }

  @Override
  public void free(final CUgraphExec_st ready) {
    cudart.cudaGraphExecDestroy(ready);
  }
}
