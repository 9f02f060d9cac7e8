package dev.braid.benchmarks.jmh;

import dev.braid.experts.neural.Adam;
import dev.braid.experts.neural.Mlp;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The router d-256-128-12 at batch 32, forward, backward and Adam, beside what the same machine
 * does on one plain product of 512 x 512 matrices: the counter {@code gflop} is the rate in
 * GFLOP/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RouterBenchmark {
  private static final int BATCH = 32;
  private static final int SIDE = 512;

  /** Features. */
  @Param({"8", "24"})
  public int features;

  private Mlp router;
  private float[][] x;
  private float[][] a;
  private float[][] b;
  private float[][] c;

  /** Random weights and inputs. */
  @Setup
  public void open() {
    router = new Mlp(new int[] {features, 256, 128, 12}, Adam.withLearningRate(2e-3), 1);
    x = random(BATCH, features);
    a = random(BATCH, SIDE);
    b = random(SIDE, SIDE);
    c = new float[BATCH][SIDE];
  }

  private static float[][] random(final int rows, final int columns) {
    final SplittableRandom random = new SplittableRandom(1);
    final float[][] values = new float[rows][columns];
    for (final float[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = (float) random.nextDouble() - 0.5f;
      }
    }
    return values;
  }

  /** Floating-point operations, which JMH turns into a rate. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Work {
    /** In units of 1e9. */
    public double gflop;
  }

  /** One training step. */
  @Benchmark
  public void step(final Work work) {
    final float[][] logits = router.forward(x, BATCH, 0);
    final float[][] gradient = router.outputGradient();
    for (int r = 0; r < BATCH; r++) {
      System.arraycopy(logits[r], 0, gradient[r], 0, logits[r].length);
    }
    router.backward(x, BATCH);
    router.step();
    // The first layer needs no gradient of its input.
    work.gflop += 2e-9 * BATCH * (2 * features * 256 + 3 * 256 * 128 + 3 * 128 * 12);
  }

  /** The mark: rows of 512 numbers, four multiply-adds a line, as C2 likes it best. */
  @Benchmark
  public float[][] product(final Work work) {
    for (int k = 0; k < SIDE; k += 4) {
      for (int r = 0; r < BATCH; r += 2) {
        accumulate(c[r], c[r + 1], a[r], a[r + 1], k, b);
      }
    }
    work.gflop += 2e-9 * BATCH * SIDE * SIDE;
    return c;
  }

  private static void accumulate(
      final float[] y,
      final float[] z,
      final float[] s,
      final float[] t,
      final int k,
      final float[][] w) {
    final float[] w0 = w[k];
    final float[] w1 = w[k + 1];
    final float[] w2 = w[k + 2];
    final float[] w3 = w[k + 3];
    final float s0 = s[k];
    final float s1 = s[k + 1];
    final float s2 = s[k + 2];
    final float s3 = s[k + 3];
    final float t0 = t[k];
    final float t1 = t[k + 1];
    final float t2 = t[k + 2];
    final float t3 = t[k + 3];
    for (int j = 0; j < y.length; j++) {
      final float p = w0[j];
      final float q = w1[j];
      final float u = w2[j];
      final float v = w3[j];
      y[j] = Math.fma(s3, v, Math.fma(s2, u, Math.fma(s1, q, Math.fma(s0, p, y[j]))));
      z[j] = Math.fma(t3, v, Math.fma(t2, u, Math.fma(t1, q, Math.fma(t0, p, z[j]))));
    }
  }
}
