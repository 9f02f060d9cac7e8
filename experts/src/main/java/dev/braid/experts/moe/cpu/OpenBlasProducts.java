package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.NativeSetup;
import dev.braid.experts.moe.Products;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.io.File;
import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Products by OpenBLAS: netlib's binding, which hands over the arrays without copying them, on the
 * library that Bytedeco ships. OpenBLAS works in column-major order, so each call asks it for the
 * transposed product with the operands exchanged.
 */
final class OpenBlasProducts implements Products {
  private static final String LIBRARY_PROPERTY = "dev.ludovic.netlib.blas.nativeLibPath";

  private final NativeBLAS blas;
  private float[] ones = new float[0];

  private boolean closed;

  private OpenBlasProducts(final NativeBLAS blas) {
    this.blas = blas;
  }

  /**
   * Loads the library, once per process. OpenBLAS has one number of threads for all of a process,
   * and the bits of a product depend on it: it is 1 until all products are closed, then what it was
   * before the first.
   *
   * @throws LinkageError if a jar or a native library is missing
   * @throws RuntimeException if the library does not load
   */
  static OpenBlasProducts load() {
    NativeSetup.prepare();
    final File binding = new File(Loader.load(openblas_nolapack.class));
    final NativeBLAS blas = netlib(new File(binding.getParentFile(), "libopenblas_nolapack.so.0"));
    OneThread.begin();
    return new OpenBlasProducts(blas);
  }

  /** Netlib looks for the library's place once, when it is asked first, and only here. */
  private static synchronized NativeBLAS netlib(final File library) {
    final String elsewhere = System.getProperty(LIBRARY_PROPERTY);
    if (elsewhere != null) {
      return NativeBLAS.getInstance();
    }
    System.setProperty(LIBRARY_PROPERTY, library.getPath());
    try {
      return NativeBLAS.getInstance();
    } finally {
      System.clearProperty(LIBRARY_PROPERTY);
    }
  }

  /** Keeps OpenBLAS to one thread for as long as somebody computes with it. */
  private static final class OneThread {
    private static int users;
    private static int before;

    static synchronized void begin() {
      if (users++ == 0) {
        before = openblas_nolapack.blas_get_num_threads();
        openblas_nolapack.blas_set_num_threads(1);
      }
    }

    static synchronized void end() {
      if (--users == 0) {
        openblas_nolapack.blas_set_num_threads(before);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      OneThread.end();
    }
  }

  @Override
  public String name() {
    return "OpenBLAS, one thread";
  }

  @Override
  public long bytes() {
    return 4L * ones.length;
  }

  @Override
  public void timesTransposed(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final boolean add,
      final float[] c,
      final int co) {
    blas.sgemm("T", "N", n, m, k, 1, b, bo, k, a, ao, k, add ? 1 : 0, c, co, n);
  }

  @Override
  public void times(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final float[] c,
      final int co) {
    blas.sgemm("N", "N", n, m, k, 1, b, bo, n, a, ao, k, 0, c, co, n);
  }

  @Override
  public void transposedTimes(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final float[] c,
      final int co) {
    blas.sgemm("N", "T", n, m, k, 1, b, bo, n, a, ao, m, 0, c, co, n);
  }

  @Override
  public void columnSums(
      final int m, final int n, final float[] a, final int ao, final float[] sums, final int so) {
    if (ones.length < m) {
      ones = new float[m];
      Arrays.fill(ones, 1);
    }
    blas.sgemv("N", n, m, 1, a, ao, n, ones, 0, 1, 0, sums, so, 1);
  }
}
