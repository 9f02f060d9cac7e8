package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import java.util.Locale;
import org.apache.flink.api.common.JobID;

/** The operator end to end at full load: decode, batch, device, and what it says goes on. */
final class FullLoad {
  private static final DenseCase SMALL = new DenseCase(4, 16, 32, 4, 64, 4);
  private static final long PATIENCE_SECONDS = 40;

  private FullLoad() {}

  /**
   * What was measured.
   *
   * @param rate events a second
   * @param busy share of the time in which a kernel ran, as the driver counts; NaN where it does
   *     not tell
   */
  private record Load(double rate, double busy) {}

  /**
   * @param seconds to measure each precision for
   */
  static void measure(final double seconds) throws Exception {
    try {
      GpuCheck.requireDevice();
    } catch (final NoDevice none) {
      final Load cpu = run(SMALL, "java", Precision.FP32, 2);
      System.out.printf(
          Locale.ROOT,
          "The same path with a small layer in plain Java: %.0f events a second.%n%n",
          cpu.rate());
      throw none;
    }
    System.out.println(
        "| precision | events/s | step alone, ms | device busy, by the driver | by steps |");
    System.out.println("|---|---|---|---|---|");
    for (final Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
      final DenseOptions options = new DenseOptions(BackendChoice.CUDA, GpuCheck.GOAL.rows());
      final double step =
          GpuCheck.GOAL.measure(options.with(precision), 0.5, System::nanoTime).median();
      final Load load = run(GpuCheck.GOAL, "cuda", precision, seconds);
      final double bySteps = load.rate() / GpuCheck.GOAL.rows() * step;
      System.out.printf(
          Locale.ROOT,
          "| %s | %.0f | %.2f | %.0f %% | %.0f %% |%n",
          precision,
          load.rate(),
          step * 1e3,
          100 * load.busy(),
          100 * bySteps);
      if (precision == Precision.FP32) {
        Goals.atLeast(
            "operator-device-busy", 0.8, Double.isNaN(load.busy()) ? bySteps : load.busy());
        System.out.println();
      }
    }
  }

  private static Load run(
      final DenseCase shape, final String backend, final Precision precision, final double seconds)
      throws Exception {
    final int decoders = Math.max(1, Runtime.getRuntime().availableProcessors() - 3);
    Received.begin(0, Long.MAX_VALUE, () -> {});
    try (OperatorJob job = new OperatorJob(shape, decoders)) {
      final JobID id =
          job.cluster()
              .submitJob(job.graph(backend, precision, Long.MAX_VALUE - 1))
              .get()
              .getJobID();
      // The first steps load what cuBLAS needs and record the graphs.
      awaitEvents(job, id, 20L * shape.rows());
      final long before = Received.events();
      final long begin = System.nanoTime();
      final double busy = BusyShare.over(seconds);
      final long events = Received.events() - before;
      final double took = (System.nanoTime() - begin) * 1e-9;
      job.cluster().cancelJob(id).get();
      Received.all();
      return new Load(events / took, busy);
    }
  }

  private static void awaitEvents(final OperatorJob job, final JobID id, final long events)
      throws Exception {
    final long until = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (Received.events() < events) {
      if (job.cluster().getJobStatus(id).get().isTerminalState()) {
        job.cluster()
            .requestJobResult(id)
            .get()
            .toJobExecutionResult(FullLoad.class.getClassLoader());
        throw new IllegalStateException("the job ended after " + Received.events() + " events");
      }
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            "only " + Received.events() + " events in " + PATIENCE_SECONDS + " seconds");
      }
      Thread.sleep(20);
    }
  }
}
