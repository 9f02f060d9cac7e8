package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.benchmarks.dense.StepTime;
import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The dense layer's step on a CUDA device, and what share it reaches of the rate of a large cuBLAS
 * product of the same precision in the same run. The step is the median; the mean holds the copies
 * of the weights to the host, which come every so many steps. The shapes come by worth, for as long
 * as there is time.
 */
final class StepTable {
  /** Experts that a row is sent to where the gate chooses. */
  private static final int CHOSEN = 2;

  private static final double SECONDS_EACH = 1;

  private final Map<Precision, Double> large = new EnumMap<>(Precision.class);
  private final BufferedWriter csv;

  private StepTable(final BufferedWriter csv) {
    this.csv = csv;
  }

  /**
   * @param seconds after which no further line is begun
   * @param csv receives the lines for machines
   */
  static void print(final double seconds, final Path csv) throws NoDevice, IOException {
    final long until = System.nanoTime() + (long) (seconds * 1e9);
    withoutADevice();
    GpuCheck.requireDevice();
    try (BufferedWriter out = Files.newBufferedWriter(csv)) {
      out.write("experts,inputs,hidden,classes,rows,chosen,precision,step_ms\n");
      new StepTable(out).lines(until);
    }
  }

  /** A line of the CPU, to show that all is here. */
  private static void withoutADevice() {
    final DenseCase small = new DenseCase(4, 16, 32, 4, 32, 4);
    final StepTime took =
        small.measure(new DenseOptions(BackendChoice.JAVA, 32), 0.1, System::nanoTime);
    System.out.printf(
        Locale.ROOT, "A small layer's step in plain Java: %.3f ms.%n%n", took.median() * 1e3);
  }

  private void lines(final long until) throws IOException {
    System.out.println(
        "| E | d/h/c | B | precision | implementation | step ms | mean ms | TFLOP/s"
            + " | large product | share |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (final Precision precision : Precision.values()) {
      final double share = print(GpuCheck.GOAL, precision);
      Goals.atLeast(
          "step-share-" + precision.name().toLowerCase(Locale.ROOT),
          precision == Precision.FP32 ? 0.7 : 0.6,
          share);
      System.out.println();
    }
    for (final DenseCase one : byWorth()) {
      for (final Precision precision : Precision.values()) {
        if (System.nanoTime() > until) {
          System.out.println();
          System.out.println("The time is over: shapes after these were not measured.");
          return;
        }
        print(one, precision);
      }
    }
  }

  private static List<DenseCase> byWorth() {
    final DenseCase goal = GpuCheck.GOAL;
    final List<DenseCase> cases = new ArrayList<>();
    cases.add(with(goal, goal.experts(), 512, 2048, 1024, CHOSEN));
    for (final int rows : new int[] {4096, 256, 64}) {
      cases.add(with(goal, goal.experts(), 512, 2048, rows, goal.experts()));
    }
    for (final int[] shape : new int[][] {{512, 2048}, {64, 256}}) {
      for (final int rows : new int[] {1024, 256}) {
        cases.add(with(goal, 8, shape[0], shape[1], rows, 8));
      }
    }
    cases.add(with(goal, 64, 64, 256, 1024, 64));
    cases.add(with(goal, 64, 512, 2048, 4096, CHOSEN));
    cases.add(with(goal, 8, 64, 256, 64, 8));
    return cases;
  }

  private static DenseCase with(
      final DenseCase goal,
      final int experts,
      final int inputs,
      final int hidden,
      final int rows,
      final int chosen) {
    return new DenseCase(experts, inputs, hidden, goal.classes(), rows, chosen);
  }

  /** Measures and prints a line; returns its share of the large product's rate. */
  private double print(final DenseCase one, final Precision precision) throws IOException {
    final double largeRate = large.computeIfAbsent(precision, LargeProduct::rate);
    final DenseOptions options = new DenseOptions(BackendChoice.CUDA, one.rows()).with(precision);
    final StepTime took = one.measure(options, SECONDS_EACH, System::nanoTime);
    final double rate = one.operations() / took.median();
    System.out.printf(
        Locale.ROOT,
        "| %d | %d/%d/%d | %d | %s | braid%s | %.3f | %.3f | %.2f | %.1f | %.0f %% |%n",
        one.experts(),
        one.inputs(),
        one.hidden(),
        one.classes(),
        one.rows(),
        precision,
        one.chosen() == one.experts() ? "" : ", top-" + one.chosen(),
        took.median() * 1e3,
        took.mean() * 1e3,
        rate * 1e-12,
        largeRate * 1e-12,
        100 * rate / largeRate);
    System.out.flush();
    csv.write(
        String.format(
            Locale.ROOT,
            "%d,%d,%d,%d,%d,%d,%s,%.6f%n",
            one.experts(),
            one.inputs(),
            one.hidden(),
            one.classes(),
            one.rows(),
            one.chosen(),
            precision,
            took.median() * 1e3));
    csv.flush();
    return rate / largeRate;
  }
}
