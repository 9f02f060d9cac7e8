package dev.braid.experts.moe.spec;

import java.util.SplittableRandom;

/** Batches for tests: a task that a layer can learn. */
public final class Batches {
  private Batches() {}

  /**
   * Gaussian-like rows whose label follows from two of their inputs.
   *
   * @param unlabelledEvery every such row has no label; 0 for none
   */
  public static DenseBatch random(
      final DenseMoeSpec spec, final int rows, final int unlabelledEvery, final long seed) {
    final DenseBatch batch = new DenseBatch(spec, rows, true);
    fill(batch, rows, unlabelledEvery, new SplittableRandom(seed));
    return batch;
  }

  public static void fill(
      final DenseBatch batch,
      final int rows,
      final int unlabelledEvery,
      final SplittableRandom random) {
    batch.clear();
    final int d = batch.spec().inputs();
    final int c = batch.spec().classes();
    final double[] x = new double[d];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < d; i++) {
        x[i] = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
      }
      final int product = x[0] * x[d > 1 ? 1 : 0] > 0 ? 1 : 0;
      final int label = (product + (x[d - 1] > 0.3 ? 2 : 0)) % c;
      final boolean hidden = unlabelledEvery > 0 && r % unlabelledEvery == unlabelledEvery - 1;
      batch.add(x, hidden ? -1 : label);
    }
  }

  /** Sum of the labelled rows' cross-entropies. */
  public static double loss(final DenseBatch batch) {
    double loss = 0;
    for (int r = 0; r < batch.rows(); r++) {
      final int label = batch.labels()[r];
      if (label >= 0) {
        loss -= Math.log(batch.probabilities()[r * batch.spec().classes() + label]);
      }
    }
    return loss;
  }

  /** Share of rows whose most probable class is the label. */
  public static double accuracy(final DenseBatch batch) {
    final int c = batch.spec().classes();
    int right = 0;
    for (int r = 0; r < batch.rows(); r++) {
      int best = 0;
      for (int j = 1; j < c; j++) {
        if (batch.probabilities()[r * c + j] > batch.probabilities()[r * c + best]) {
          best = j;
        }
      }
      right += best == batch.labels()[r] ? 1 : 0;
    }
    return (double) right / batch.rows();
  }
}
