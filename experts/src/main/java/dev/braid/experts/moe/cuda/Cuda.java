package dev.braid.experts.moe.cuda;

import dev.braid.experts.moe.device.DeviceException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Return codes of CUDA as exceptions, and addresses on the device. */
final class Cuda {
  private Cuda() {}

  /** A pointer to an address, on the device or the host, that nobody frees. */
  static Pointer at(final long address) {
    return new Address(address);
  }

  /** Lets one stream wait for what the other has been given so far. */
  static void follow(final CUevent_st event, final CUstream_st first, final CUstream_st second) {
    check(cudart.cudaEventRecord(event, first), "recording an event");
    check(cudart.cudaStreamWaitEvent(second, event, 0), "waiting for an event");
  }

  private static final class Address extends Pointer {
    Address(final long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  /** A return code of the runtime. */
  static void check(final int code, final String what) {
    if (code == cudart.cudaSuccess) {
      return;
    }
    final String reason = cudart.cudaGetErrorString(code).getString();
    throw new DeviceException("CUDA failed at " + what + ": " + reason + " (error " + code + ")");
  }

  /** A return code of the driver. */
  static void checkDriver(final int code, final String what) {
    if (code == cudart.CUDA_SUCCESS) {
      return;
    }
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      cudart.cuGetErrorString(code, text);
      final BytePointer reason = text.get(BytePointer.class);
      throw new DeviceException(
          "CUDA failed at "
              + what
              + ": "
              + (reason == null ? "unknown" : reason.getString())
              + " (error "
              + code
              + ")");
    }
  }

  /** A return code of cuBLAS. */
  static void checkBlas(final int code, final String what) {
    if (code != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new DeviceException("cuBLAS failed at " + what + " (status " + code + ")");
    }
  }
}
