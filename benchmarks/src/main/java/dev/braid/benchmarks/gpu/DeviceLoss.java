package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.benchmarks.gpu.GpuCheck.NoDevice;
import dev.braid.experts.moe.Precision;

/**
 * The operator on a device that is lost under it, and on one that is full: whatever happens, every
 * event goes on, with what the CPU says about it.
 */
final class DeviceLoss {
  /** Large enough for a device to be chosen where there is one. */
  private static final DenseCase SHAPE = new DenseCase(8, 64, 256, 10, 256, 8);

  private static final int EVENTS = 20 * SHAPE.rows();

  /** Of a probability, between the CPU and what began on a device. */
  private static final double TOLERANCE = 1e-3;

  private final OperatorJob job;
  private double worst;

  private DeviceLoss(final OperatorJob job) {
    this.job = job;
  }

  static void check() throws Exception {
    try (OperatorJob job = new OperatorJob(SHAPE, 1)) {
      new DeviceLoss(job).all();
    }
  }

  private void all() throws Exception {
    final float[][] cpu = run("java", EVENTS, () -> {});
    System.out.println(EVENTS + " events went in and came out on the CPU.");
    GpuCheck.requireDevice();
    System.out.println("| what happened | events in | out | largest difference from the CPU |");
    System.out.println("|---|---|---|---|");
    compare("nothing", cpu, run("cuda", EVENTS, () -> {}));
    final DeviceFaults full = new DeviceFaults();
    full.exhaust();
    compare("memory full when the layer opened", cpu, run("auto", EVENTS, () -> {}));
    full.release();
    compare("memory full after a third", cpu, run("cuda", EVENTS / 3, full::exhaust));
    full.release();
    compare("device lost after a third", cpu, run("cuda", EVENTS / 3, DeviceFaults::lose));
    if (!DeviceFaults.isLost()) {
      throw new IllegalStateException("the device could not be lost: nothing is shown by that run");
    }
    Goals.atMost("loss-cpu-takes-over", TOLERANCE, worst);
  }

  private float[][] run(final String backend, final int at, final Runnable incident)
      throws Exception {
    Received.begin(EVENTS, at, incident);
    job.cluster().executeJobBlocking(job.graph(backend, Precision.FP32, EVENTS));
    return Received.all();
  }

  private void compare(final String what, final float[][] expected, final float[][] actual)
      throws NoDevice {
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int c = 0; c < expected[i].length; c++) {
        final double one = Math.abs(expected[i][c] - actual[i][c]);
        difference = one <= difference ? difference : one;
      }
    }
    worst = difference <= worst ? worst : difference;
    System.out.printf("| %s | %d | %d | %.1e |%n", what, EVENTS, Received.events(), difference);
    System.out.flush();
  }
}
