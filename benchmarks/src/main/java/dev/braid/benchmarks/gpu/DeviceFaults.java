package dev.braid.benchmarks.gpu;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Real faults of the device that this process uses. */
final class DeviceFaults {
  /** Pieces in which memory is taken; the smallest decides how much is left. */
  private static final long[] PIECES = {1L << 30, 1L << 24, 1L << 20, 1L << 16};

  private final Deque<Pointer> taken = new ArrayDeque<>();

  /** Takes all memory of the device that is free. */
  void exhaust() {
    cudart.cudaSetDevice(0);
    for (final long bytes : PIECES) {
      Pointer piece = new Pointer();
      while (cudart.cudaMalloc(piece, bytes) == cudart.cudaSuccess) {
        taken.push(piece);
        piece = new Pointer();
      }
    }
    // The refusals are no fault of those who come next.
    cudart.cudaGetLastError();
  }

  /** Gives it back. */
  void release() {
    cudart.cudaSetDevice(0);
    while (!taken.isEmpty()) {
      cudart.cudaFree(taken.pop());
    }
  }

  /**
   * Loses the device for this process: a product reads where there is no memory, after which every
   * call of CUDA fails until the process ends. Other processes do not notice.
   */
  static void lose() {
    cudart.cudaSetDevice(0);
    final cublasContext blas = new cublasContext();
    cublas.cublasCreate_v2(blas);
    try (FloatPointer one = new FloatPointer(1f);
        Pointer nowhere = new Nowhere()) {
      cublas.cublasGemmEx(
          blas,
          CUBLAS_OP_N,
          CUBLAS_OP_N,
          64,
          64,
          64,
          one,
          nowhere,
          CUDA_R_32F,
          64,
          nowhere,
          CUDA_R_32F,
          64,
          one,
          nowhere,
          CUDA_R_32F,
          64,
          CUBLAS_COMPUTE_32F,
          CUBLAS_GEMM_DEFAULT);
    }
    cudart.cudaDeviceSynchronize();
  }

  /** Whether the device is lost for this process. */
  static boolean isLost() {
    return cudart.cudaDeviceSynchronize() != cudart.cudaSuccess;
  }

  private static final class Nowhere extends Pointer {
    Nowhere() {
      super((Pointer) null);
      address = 1L << 20;
    }
  }
}
