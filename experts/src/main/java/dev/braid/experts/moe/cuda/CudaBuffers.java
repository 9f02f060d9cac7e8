package dev.braid.experts.moe.cuda;

import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import dev.braid.experts.moe.device.DeviceLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;

/**
 * The way of batches to a device and back: two buffers of pinned memory, and a stream each way, so
 * that one batch is copied while the other is computed.
 */
final class CudaBuffers {
  private final DeviceLayout layout;
  private final long memory;
  private final CUstream_st compute;
  private final CUstream_st copyIn;
  private final CUstream_st copyOut;
  private final Buffer[] buffers = new Buffer[DeviceLayout.BUFFERS];

  /**
   * Both sides of a buffer on the host, and when its batch arrived, was computed, was copied back.
   */
  private record Buffer(
      BytePointer input,
      BytePointer output,
      ByteBuffer inputView,
      ByteBuffer outputView,
      CUevent_st arrived,
      CUevent_st computed,
      CUevent_st done) {}

  /**
   * @param memory address that the layout begins at
   */
  CudaBuffers(
      final DeviceLayout layout,
      final long memory,
      final CUstream_st compute,
      final CudaResources held) {
    this.layout = layout;
    this.memory = memory;
    this.compute = compute;
    copyIn = held.stream();
    copyOut = held.stream();
    for (int s = 0; s < buffers.length; s++) {
      final BytePointer input = held.pinned(layout.inputBytes(layout.maxRows()));
      final BytePointer output = held.pinned(layout.outputBytes(layout.maxRows(), true));
      buffers[s] =
          new Buffer(
              input,
              output,
              input.asByteBuffer().order(ByteOrder.nativeOrder()),
              output.asByteBuffer().order(ByteOrder.nativeOrder()),
              held.event(),
              held.event(),
              held.event());
    }
  }

  ByteBuffer input(final int buffer) {
    return buffers[buffer].inputView;
  }

  ByteBuffer output(final int buffer) {
    return buffers[buffer].outputView;
  }

  /** Copies the buffer's input; what is computed after it finds it. */
  void begin(final int buffer, final int bytes) {
    Cuda.check(
        cudart.cudaMemcpyAsync(
            Cuda.at(memory + layout.inputAt(buffer)),
            buffers[buffer].input,
            bytes,
            cudaMemcpyHostToDevice,
            copyIn),
        "copying a batch to the device");
    Cuda.follow(buffers[buffer].arrived, copyIn, compute);
  }

  /** Copies the buffer's output back once all that was begun is computed. */
  void end(final int buffer, final int bytes) {
    Cuda.follow(buffers[buffer].computed, compute, copyOut);
    Cuda.check(
        cudart.cudaMemcpyAsync(
            buffers[buffer].output,
            Cuda.at(memory + layout.outputAt(buffer)),
            bytes,
            cudaMemcpyDeviceToHost,
            copyOut),
        "copying results from the device");
    Cuda.check(cudart.cudaEventRecord(buffers[buffer].done, copyOut), "recording an event");
  }

  /** Waits for the buffer's output. */
  void finish(final int buffer) {
    Cuda.check(cudart.cudaEventSynchronize(buffers[buffer].done), "computing a batch");
  }

  /** Waits for all copies, whatever became of them. */
  void settle() {
    cudart.cudaStreamSynchronize(copyIn);
    cudart.cudaStreamSynchronize(copyOut);
  }
}
