package dev.braid.experts.moe.cuda;

import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import dev.braid.experts.moe.device.Device;
import dev.braid.experts.moe.device.Device.Area;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The way of experts to a device and back, through pinned memory, in a stream of its own. */
final class CudaExchange {
  private final long memory;
  private final CUstream_st compute;
  private final CUstream_st exchange;
  private final BytePointer leaving;
  private final BytePointer coming;
  private final ByteBuffer leavingView;
  private final ByteBuffer comingView;
  private final CUevent_st free;
  private final CUevent_st came;

  /**
   * @param memory address of the device memory that areas lie in
   * @param bytes of an expert
   */
  CudaExchange(
      final int bytes, final long memory, final CUstream_st compute, final CudaResources held) {
    this.memory = memory;
    this.compute = compute;
    exchange = held.stream();
    leaving = held.pinned(bytes);
    coming = held.pinned(bytes);
    leavingView = leaving.asByteBuffer().order(ByteOrder.nativeOrder());
    comingView = coming.asByteBuffer().order(ByteOrder.nativeOrder());
    free = held.event();
    came = held.event();
  }

  ByteBuffer leaving() {
    return leavingView;
  }

  ByteBuffer coming() {
    return comingView;
  }

  /** See {@link Device#exchange}. */
  void begin(final List<Area> areas, final boolean leave, final boolean waits) {
    if (waits) {
      Cuda.follow(free, compute, exchange);
    }
    for (final Area area : areas) {
      if (leave) {
        copy(area, leaving, cudaMemcpyDeviceToHost);
      }
    }
    for (final Area area : areas) {
      copy(area, coming, cudaMemcpyHostToDevice);
    }
    Cuda.follow(came, exchange, compute);
  }

  private void copy(final Area area, final BytePointer host, final int direction) {
    final boolean out = direction == cudaMemcpyDeviceToHost;
    final Pointer on = Cuda.at(memory + area.at());
    final Pointer here = Cuda.at(host.address() + (long) Float.BYTES * area.offset());
    final long bytes = (long) Float.BYTES * area.length();
    Cuda.check(
        cudart.cudaMemcpyAsync(out ? here : on, out ? on : here, bytes, direction, exchange),
        "exchanging experts");
  }

  /** Waits for the last one. */
  void finish() {
    Cuda.check(cudart.cudaEventSynchronize(came), "exchanging experts");
  }

  /** Waits for all copies, whatever became of them. */
  void settle() {
    cudart.cudaStreamSynchronize(exchange);
  }
}
