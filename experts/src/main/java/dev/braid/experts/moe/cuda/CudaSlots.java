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
 * The way of batches to a device and back: two slots of pinned memory, and a stream each way, so
 * that one batch is copied while the other is computed.
 */
final class CudaSlots {
  private final DeviceLayout layout;
  private final long memory;
  private final CUstream_st compute;
  private final CUstream_st copyIn;
  private final CUstream_st copyOut;
  private final Slot[] slots = new Slot[DeviceLayout.SLOTS];

  /**
   * Both sides of a slot on the host, and when its batch arrived, was computed, was copied back.
   */
  private record Slot(
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
  CudaSlots(
      final DeviceLayout layout,
      final long memory,
      final CUstream_st compute,
      final CudaResources held) {
    this.layout = layout;
    this.memory = memory;
    this.compute = compute;
    copyIn = held.stream();
    copyOut = held.stream();
    for (int s = 0; s < slots.length; s++) {
      final BytePointer input = held.pinned(layout.inputBytes(layout.maxRows()));
      final BytePointer output = held.pinned(layout.outputBytes(layout.maxRows(), true));
      slots[s] =
          new Slot(
              input,
              output,
              input.asByteBuffer().order(ByteOrder.nativeOrder()),
              output.asByteBuffer().order(ByteOrder.nativeOrder()),
              held.event(),
              held.event(),
              held.event());
    }
  }

  ByteBuffer input(final int slot) {
    return slots[slot].inputView;
  }

  ByteBuffer output(final int slot) {
    return slots[slot].outputView;
  }

  /** Copies the slot's input; what is computed after it finds it. */
  void begin(final int slot, final int bytes) {
    Cuda.check(
        cudart.cudaMemcpyAsync(
            Cuda.at(memory + layout.inputAt(slot)),
            slots[slot].input,
            bytes,
            cudaMemcpyHostToDevice,
            copyIn),
        "copying a batch to the device");
    Cuda.follow(slots[slot].arrived, copyIn, compute);
  }

  /** Copies the slot's output back once all that was begun is computed. */
  void end(final int slot, final int bytes) {
    Cuda.follow(slots[slot].computed, compute, copyOut);
    Cuda.check(
        cudart.cudaMemcpyAsync(
            slots[slot].output,
            Cuda.at(memory + layout.outputAt(slot)),
            bytes,
            cudaMemcpyDeviceToHost,
            copyOut),
        "copying results from the device");
    Cuda.check(cudart.cudaEventRecord(slots[slot].done, copyOut), "recording an event");
  }

  /** Waits for the slot's output. */
  void finish(final int slot) {
    Cuda.check(cudart.cudaEventSynchronize(slots[slot].done), "computing a batch");
  }

  /** Waits for all copies, whatever became of them. */
  void settle() {
    cudart.cudaStreamSynchronize(copyIn);
    cudart.cudaStreamSynchronize(copyOut);
  }
}
