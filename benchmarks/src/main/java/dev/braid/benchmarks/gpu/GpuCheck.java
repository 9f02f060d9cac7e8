package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One part of what {@code benchmarks/gpu/check.sh} checks, in a process of its own. Writes Markdown
 * to standard output as it goes, with a line {@code verdict: ...} for each goal.
 *
 * <p>Ends with 0 where the part was carried out, with {@value #NO_DEVICE} where there is no device
 * (and what can be carried out without one was), and with another number where it failed.
 */
public final class GpuCheck {
  /** The shape that the goals are about, with a softmax gate. */
  static final DenseCase GOAL = new DenseCase(64, 512, 2048, 100, 1024, 64);

  private static final int NO_DEVICE = 3;

  private GpuCheck() {}

  /** There is no device, for the reason that the message tells. */
  static final class NoDevice extends Exception {
    private static final long serialVersionUID = 1L;

    NoDevice(final String reason) {
      super(reason);
    }
  }

  /**
   * Carries out a part.
   *
   * @param args name of the part, and what it takes
   */
  public static void main(final String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(final List<String> args) {
    try {
      part(args);
      return 0;
    } catch (final NoDevice none) {
      System.out.println("no device: " + none.getMessage());
      return NO_DEVICE;
    } catch (final Exception | LinkageError failed) {
      failed.printStackTrace();
      System.out.println("failed: " + failed);
      return 1;
    }
  }

  private static void part(final List<String> args) throws Exception {
    switch (args.isEmpty() ? "" : args.get(0)) {
      case "card" -> Card.print();
      case "twins" -> Twins.compare();
      case "short-step" -> ShortStep.run();
      case "one-step" ->
          ShortStep.one(GOAL, Precision.valueOf(args.get(1).toUpperCase(Locale.ROOT)));
      case "steps" -> StepTable.print(Double.parseDouble(args.get(1)), Path.of(args.get(2)));
      case "operator" -> FullLoad.measure(Double.parseDouble(args.get(1)));
      case "loss" -> DeviceLoss.check();
      default ->
          throw new IllegalArgumentException(
              "name a part: card, twins, short-step, one-step PRECISION, steps SECONDS CSV,"
                  + " operator SECONDS, loss");
    }
  }

  /**
   * Says what is missing where a small layer does not open on a device.
   *
   * @return the device, in words
   */
  static String requireDevice() throws NoDevice {
    final DenseCase small = new DenseCase(4, 16, 32, 4, 8, 4);
    try (DenseMoe layer =
        DenseMoe.open(small.spec(), new DenseOptions(BackendChoice.CUDA, small.rows()))) {
      return layer.backend();
    } catch (final IllegalStateException refused) {
      throw new NoDevice(refused.getMessage());
    }
  }
}
