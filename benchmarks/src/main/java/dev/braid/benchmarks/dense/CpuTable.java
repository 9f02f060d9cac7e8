package dev.braid.benchmarks.dense;

import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The dense layer on one CPU thread, and what share it reaches of the rate of a large OpenBLAS
 * product in the same run. From the root of the project:
 *
 * <pre>
 * mvn -q -Pdense-cpu -pl benchmarks -am process-classes
 * </pre>
 */
public final class CpuTable {
  private static final int LARGE = 2048;
  private static final double SECONDS = 3;

  private CpuTable() {}

  /** Prints the table; takes no arguments. */
  public static void main(final String[] args) {
    // As for the layers, which leave it so: the large product beside them has one thread too.
    Loader.load(openblas_nolapack.class);
    openblas_nolapack.blas_set_num_threads(1);
    final DenseCase[] cases = {
      new DenseCase(8, 64, 256, 10, 256, 8), new DenseCase(8, 512, 2048, 100, 256, 8),
    };
    System.out.println("| E | d/h/c | B | backend | step ms | GFLOP/s | share of large product |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (final DenseCase one : cases) {
      for (final DenseOptions options :
          List.of(
              new DenseOptions(BackendChoice.OPENBLAS, one.rows()),
              new DenseOptions(BackendChoice.OPENBLAS, one.rows()).withExact(true),
              new DenseOptions(BackendChoice.JAVA, one.rows()))) {
        final double seconds = one.measure(options, SECONDS, CpuTable::clock).median();
        final double rate = one.operations() / seconds;
        System.out.printf(
            "| %d | %d/%d/%d | %d | %s | %.2f | %.1f | %.0f %% |%n",
            one.experts(),
            one.inputs(),
            one.hidden(),
            one.classes(),
            one.rows(),
            options.backend() + (options.exact() ? ", exact" : ""),
            seconds * 1e3,
            rate * 1e-9,
            100 * rate / largeProductRate());
      }
    }
    System.out.printf(
        "Large product, %d cubed, OpenBLAS on one thread: %.1f GFLOP/s%n",
        LARGE, largeProductRate() * 1e-9);
  }

  /** The thread's own time: what else the machine does counts little. */
  private static long clock() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Called after a layer has shown netlib the library. */
  private static double largeProductRate() {
    final NativeBLAS blas = NativeBLAS.getInstance();
    final float[] a = new float[LARGE * LARGE];
    final float[] b = new float[LARGE * LARGE];
    final float[] c = new float[LARGE * LARGE];
    Arrays.fill(a, 0.5f);
    Arrays.fill(b, 0.25f);
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      final long begin = clock();
      blas.sgemm("N", "N", LARGE, LARGE, LARGE, 1, a, LARGE, b, LARGE, 0, c, LARGE);
      best = Math.min(best, (clock() - begin) * 1e-9);
    }
    return 2.0 * LARGE * LARGE * LARGE / best;
  }
}
