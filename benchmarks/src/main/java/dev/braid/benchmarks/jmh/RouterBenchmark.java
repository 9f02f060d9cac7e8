package dev.braid.benchmarks.jmh;

import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.ludovic.netlib.blas.NativeBLAS;
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
 * The router d-256-128-12 at batch 32: a training step and its parts, beside two large products of
 * the same machine on one core, the mark: one by the router's own kernels, one by OpenBLAS. The
 * counter {@code gflop} is the rate in GFLOP/s. Adam's operations count nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RouterBenchmark {
  private static final int BATCH = 32;
  private static final int OUTPUTS = 12;

  /** A product for our kernels: its result stays in the first-level cache, as theirs do. */
  private static final int INNER = 1024;

  private static final int COLUMNS = 128;

  /** A product for OpenBLAS, which blocks it as it likes. */
  private static final int SIDE = 1024;

  /** Features. */
  @Param({"8", "24"})
  public int features;

  private FeedForwardNet router;
  private float[][] x;
  private FeedForwardNet product;
  private float[][] wide;
  private NativeBLAS blas;
  private float[] a;
  private float[] b;
  private float[] c;

  /** Random weights and inputs. */
  @Setup
  public void open() {
    router =
        new FeedForwardNet(new int[] {features, 256, 128, OUTPUTS}, Adam.withLearningRate(2e-3), 1);
    x = random(BATCH, features);
    product = new FeedForwardNet(new int[] {INNER, COLUMNS}, Adam.withLearningRate(2e-3), 1);
    wide = random(BATCH, INNER);
    blas = OpenBlas.onOneThread();
    a = random(1, SIDE * SIDE)[0];
    b = random(1, SIDE * SIDE)[0];
    c = new float[SIDE * SIDE];
    forward(new Work());
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
    forward(work);
    backward(work);
    router.step();
  }

  /** Its forward pass, and a gradient of the outputs. */
  @Benchmark
  public float[][] forward(final Work work) {
    final float[][] logits = router.forward(x, BATCH, 0);
    final float[][] gradient = router.outputGradient();
    for (int r = 0; r < BATCH; r++) {
      System.arraycopy(logits[r], 0, gradient[r], 0, OUTPUTS);
    }
    work.gflop += 2e-9 * BATCH * (features * 256 + 256 * 128 + 128 * OUTPUTS);
    return logits;
  }

  /** Its backward pass; the first layer needs no gradient of its input. */
  @Benchmark
  public void backward(final Work work) {
    router.backward(x, BATCH);
    work.gflop += 2e-9 * BATCH * (features * 256 + 2 * 256 * 128 + 2 * 128 * OUTPUTS);
  }

  /** Its Adam step, which makes the backward pass transpose the weights anew. */
  @Benchmark
  public void adam() {
    router.step();
  }

  /** A product by our kernels, with weights that the second-level cache holds. */
  @Benchmark
  public float[][] javaProduct(final Work work) {
    work.gflop += 2e-9 * BATCH * INNER * COLUMNS;
    return product.forward(wide, BATCH, 0);
  }

  /** A large product by OpenBLAS. */
  @Benchmark
  public float[] openBlasProduct(final Work work) {
    blas.sgemm("N", "N", SIDE, SIDE, SIDE, 1, a, SIDE, b, SIDE, 0, c, SIDE);
    work.gflop += 2e-9 * SIDE * SIDE * SIDE;
    return c;
  }
}
