package dev.braid.benchmarks.dense;

import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.GateSpec;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * One line of the table: a layer, every row labelled.
 *
 * @param experts E
 * @param inputs d
 * @param hidden h
 * @param classes c
 * @param rows B
 * @param chosen experts that a row is sent to; all of them: a softmax gate
 */
public record DenseCase(int experts, int inputs, int hidden, int classes, int rows, int chosen) {
  private static final int LEAST_STEPS = 5;

  /**
   * Floating-point operations of one step, padding not counted: forward and weight gradients of
   * both layers, the hidden gradient of the second, forward and gradient of the gate. Adam and all
   * else count nothing.
   */
  public double operations() {
    final double first = 4.0 * inputs * hidden;
    final double second = 6.0 * hidden * classes;
    return rows * (chosen * (first + second) + 4.0 * inputs * experts);
  }

  /** The layer, with the seed 1. */
  public DenseMoeSpec spec() {
    final GateSpec gate = chosen == experts ? GateSpec.softmax() : GateSpec.topK(chosen, 0.01);
    return DenseMoeSpec.of(inputs, hidden, classes, experts, gate, 1);
  }

  /** A batch of random rows, all labelled. */
  public DenseBatch batch(final long seed) {
    return fill(spec(), seed);
  }

  /**
   * Time of a step.
   *
   * @param seconds to measure for, after as long a warm-up
   * @param clock in nanoseconds
   */
  public StepTime measure(
      final DenseOptions options, final double seconds, final LongSupplier clock) {
    final DenseMoeSpec spec = spec();
    try (DenseMoe layer = DenseMoe.open(spec, options)) {
      final DenseBatch[] slots = {fill(spec, 1), fill(spec, 2)};
      steps(layer, slots, seconds, clock);
      return steps(layer, slots, seconds, clock);
    }
  }

  /** Two batches take turns, so that a device can copy one while it computes the other. */
  private static StepTime steps(
      final DenseMoe layer,
      final DenseBatch[] slots,
      final double seconds,
      final LongSupplier clock) {
    final long begin = clock.getAsLong();
    double[] times = new double[64];
    int count = 0;
    long last = begin;
    layer.submit(slots[0]);
    while (count < LEAST_STEPS || last - begin < seconds * 1e9) {
      layer.submit(slots[(count + 1) & 1]);
      layer.await(slots[count & 1]);
      final long now = clock.getAsLong();
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = (now - last) * 1e-9;
      last = now;
    }
    layer.await(slots[count & 1]);
    final double mean = (last - begin) * 1e-9 / count;
    Arrays.sort(times, 0, count);
    return new StepTime(times[count / 2], mean);
  }

  private DenseBatch fill(final DenseMoeSpec spec, final long seed) {
    final DenseBatch batch = new DenseBatch(spec, rows, false);
    final SplittableRandom random = new SplittableRandom(seed);
    final double[] x = new double[inputs];
    for (int r = 0; r < rows; r++) {
      Arrays.setAll(x, i -> random.nextDouble() * 2 - 1);
      batch.add(x, random.nextInt(classes));
    }
    return batch;
  }
}
