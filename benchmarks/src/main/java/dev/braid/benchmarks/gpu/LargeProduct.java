package dev.braid.benchmarks.gpu;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import dev.braid.experts.moe.Precision;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The rate of one large square product by cuBLAS: what a device can do with these types. */
final class LargeProduct {
  private static final int SIZE = 8192;
  private static final int REPEATS = 10;

  private LargeProduct() {}

  /**
   * Operations per second, the best of three rounds.
   *
   * @throws IllegalStateException if there is no device or it fails
   */
  static double rate(final Precision precision) {
    try {
      return measure(precision);
    } catch (final LinkageError missing) {
      throw new IllegalStateException("No CUDA 13 here: " + missing.getMessage(), missing);
    }
  }

  private static double measure(final Precision precision) {
    final boolean half = precision == Precision.BF16;
    final long bytes = (long) SIZE * SIZE * (half ? 2 : 4);
    final Pointer[] matrices = {new Pointer(), new Pointer(), new Pointer()};
    final cublasContext blas = new cublasContext();
    check(cublas.cublasCreate_v2(blas), "opening cuBLAS");
    for (final Pointer matrix : matrices) {
      check(cudart.cudaMalloc(matrix, bytes), "taking memory");
      // Bytes of 0x3c make small, normal numbers in either type.
      check(cudart.cudaMemset(matrix, 0x3c, bytes), "filling a matrix");
    }
    double best = Double.MAX_VALUE;
    try (FloatPointer one = new FloatPointer(1f);
        FloatPointer zero = new FloatPointer(0f)) {
      for (int round = 0; round < 4; round++) {
        final long begin = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
          multiply(blas, matrices, precision, one, zero);
        }
        check(cudart.cudaDeviceSynchronize(), "a large product");
        // The first round loads what cuBLAS needs.
        if (round > 0) {
          best = Math.min(best, (System.nanoTime() - begin) * 1e-9 / REPEATS);
        }
      }
    }
    for (final Pointer matrix : matrices) {
      check(cudart.cudaFree(matrix), "giving memory back");
    }
    check(cublas.cublasDestroy_v2(blas), "closing cuBLAS");
    return 2.0 * SIZE * SIZE * SIZE / best;
  }

  private static void multiply(
      final cublasContext blas,
      final Pointer[] matrices,
      final Precision precision,
      final FloatPointer one,
      final FloatPointer zero) {
    final int type = precision == Precision.BF16 ? CUDA_R_16BF : CUDA_R_32F;
    final int arithmetic =
        precision == Precision.TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
    check(
        cublas.cublasGemmEx(
            blas,
            CUBLAS_OP_N,
            CUBLAS_OP_N,
            SIZE,
            SIZE,
            SIZE,
            one,
            matrices[0],
            type,
            SIZE,
            matrices[1],
            type,
            SIZE,
            zero,
            matrices[2],
            type,
            SIZE,
            arithmetic,
            CUBLAS_GEMM_DEFAULT),
        "a large product");
  }

  private static void check(final int code, final String what) {
    if (code != 0) {
      throw new IllegalStateException("CUDA failed at " + what + " (code " + code + ")");
    }
  }
}
