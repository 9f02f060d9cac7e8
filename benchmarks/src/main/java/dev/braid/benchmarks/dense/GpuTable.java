package dev.braid.benchmarks.dense;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;

/**
 * The dense layer on a CUDA device, and what share it reaches of the rate of a large cuBLAS product
 * of the same precision in the same run; {@code benchmarks/gpu/run.sh} calls it. The step is the
 * median; the mean holds the copies of the weights to the host, which come every so many steps.
 */
public final class GpuTable {
  private static final int CLASSES = 100;

  /** Experts that a row is sent to where the gate chooses. */
  private static final int CHOSEN = 2;

  private GpuTable() {}

  /**
   * Prints the table.
   *
   * @param args seconds to measure each line for
   */
  public static void main(final String[] args) {
    if (args.length != 1) {
      System.err.println("usage: GpuTable SECONDS, how long to measure each line for");
      System.exit(2);
    }
    final double seconds = Double.parseDouble(args[0]);
    final int[][] shapes = {{64, 256}, {512, 2048}};
    requireDevice();
    System.out.println(
        "| E | d/h | B | precision | implementation | step ms | mean ms | TFLOP/s | share of large"
            + " product |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (final Precision precision : Precision.values()) {
      try {
        final double large = LargeProduct.rate(precision);
        for (final int experts : new int[] {8, 64}) {
          for (final int[] shape : shapes) {
            for (final int rows : new int[] {64, 256, 1024, 4096}) {
              for (final int chosen : new int[] {experts, CHOSEN}) {
                print(
                    new DenseCase(experts, shape[0], shape[1], CLASSES, rows, chosen),
                    precision,
                    large,
                    seconds);
              }
            }
          }
        }
      } catch (final IllegalStateException noDevice) {
        System.err.println(noDevice.getMessage());
        System.exit(1);
      }
    }
  }

  /** A small layer says what is missing before anything is measured. */
  private static void requireDevice() {
    final DenseMoeSpec spec = DenseMoeSpec.of(64, 256, CLASSES, 8, GateSpec.softmax(), 1);
    try (DenseMoe layer = DenseMoe.open(spec, new DenseOptions(BackendChoice.CUDA, 64))) {
      System.out.println("A first layer is on " + layer.backend() + "." + System.lineSeparator());
    } catch (final IllegalStateException noDevice) {
      System.err.println(noDevice.getMessage());
      System.exit(1);
    }
  }

  private static void print(
      final DenseCase one, final Precision precision, final double large, final double seconds) {
    final DenseOptions options = new DenseOptions(BackendChoice.CUDA, one.rows()).with(precision);
    final StepTime took = one.measure(options, seconds, System::nanoTime);
    final double rate = one.operations() / took.median();
    System.out.printf(
        "| %d | %d/%d | %d | %s | braid%s | %.3f | %.3f | %.2f | %.0f %% |%n",
        one.experts(),
        one.inputs(),
        one.hidden(),
        one.rows(),
        precision,
        one.chosen() == one.experts() ? "" : ", top-" + one.chosen(),
        took.median() * 1e3,
        took.mean() * 1e3,
        rate * 1e-12,
        100 * rate / large);
  }
}
