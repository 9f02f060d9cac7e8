package dev.braid.experts.moe.cuda;

import java.util.ArrayDeque;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** What has been taken from CUDA, given back in reverse. */
final class CudaResources {
  private final ArrayDeque<Runnable> releases = new ArrayDeque<>();

  /** A call that gives something back; its return code is of no interest any more. */
  void add(final Runnable release) {
    releases.push(release);
  }

  /** Keeps a host pointer for as long as the rest. */
  <P extends Pointer> P keep(final P pointer) {
    releases.push(pointer::close);
    return pointer;
  }

  /** Page-locked memory of the host, which a device copies from and to by itself. */
  BytePointer pinned(final int bytes) {
    final BytePointer pointer = new BytePointer();
    Cuda.check(cudart.cudaMallocHost(pointer, bytes), "taking " + bytes + " bytes of host memory");
    add(() -> cudart.cudaFreeHost(pointer));
    return pointer.capacity(bytes);
  }

  CUstream_st stream() {
    final CUstream_st stream = new CUstream_st();
    Cuda.check(cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking), "a stream");
    add(() -> cudart.cudaStreamDestroy(stream));
    return stream;
  }

  CUevent_st event() {
    final CUevent_st event = new CUevent_st();
    Cuda.check(cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDisableTiming), "an event");
    add(() -> cudart.cudaEventDestroy(event));
    return event;
  }

  void release() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
