package dev.braid.benchmarks.jmh;

import dev.braid.experts.Expert;
import dev.braid.experts.tree.HoeffdingAdaptiveTree;
import dev.braid.experts.tree.HoeffdingTree;
import dev.braid.experts.tree.HoeffdingTreeOptions;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
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
 * A grown Hoeffding tree, plain or adaptive: allocation of one prediction and of one event learned
 * without a split, and its image written and read. The counter {@code megabytes} is the rate of the
 * image in MB/s.
 *
 * <pre>
 * mvn -q -Pjmh -pl benchmarks -am process-classes -Djmh.args="TreeSteadyBenchmark -prof gc"
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class TreeSteadyBenchmark {
  private static final int ROWS = 40_000;

  /** Stream by the name of the drift benchmark. */
  @Param({"elec", "airl"})
  public String stream;

  /** Hoeffding tree, or adaptive. */
  @Param({"ht", "hat"})
  public String tree;

  private TreeRows rows;
  private Expert grown;
  private Expert settled;
  private double[] probabilities;
  private byte[][] image;
  private int bytes;
  private final ImageWriter out = new ImageWriter();
  private int next;

  /** Grows the trees and writes the image. */
  @Setup
  public void grow() {
    rows = TreeRows.of(stream, ROWS);
    probabilities = new double[rows.schema.classCount()];
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.DEFAULTS.withMaxBytes(1L << 40);
    grown = plant(options);
    settled = plant(options.withGracePeriod(Integer.MAX_VALUE));
    for (int row = 0; row < ROWS; row++) {
      final double[] x = rows.x(row);
      grown.learn(x, rows.labels[row], 1.0);
      settled.learn(x, rows.labels[row], 1.0);
    }
    image = new byte[grown.chunkCount()][];
    for (int chunk = 0; chunk < image.length; chunk++) {
      out.reset();
      grown.writeChunk(chunk, out);
      image[chunk] = out.toByteArray();
    }
    bytes = Arrays.stream(image).mapToInt(chunk -> chunk.length).sum();
  }

  private Expert plant(final HoeffdingTreeOptions options) {
    return "hat".equals(tree)
        ? new HoeffdingAdaptiveTree(rows.schema, options)
        : new HoeffdingTree(rows.schema, options);
  }

  /** Image bytes, which JMH turns into a rate. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Work {
    /** In units of 1e6 bytes. */
    public double megabytes;
  }

  /** One prediction of a grown tree. */
  @Benchmark
  public double[] predict() {
    next = (next + 1) % ROWS;
    grown.predict(rows.x(next), probabilities);
    return probabilities;
  }

  /** One event learned, without a split. */
  @Benchmark
  public Object learn() {
    next = (next + 1) % ROWS;
    settled.learn(rows.x(next), rows.labels[next], 1.0);
    return settled;
  }

  /** The whole image written. */
  @Benchmark
  public int write(final Work work) {
    work.megabytes += 1e-6 * bytes;
    final int chunks = grown.chunkCount();
    out.reset();
    for (int chunk = 0; chunk < chunks; chunk++) {
      grown.writeChunk(chunk, out);
    }
    return out.size();
  }

  /** The whole image read. */
  @Benchmark
  public Object read(final Work work) {
    work.megabytes += 1e-6 * bytes;
    final IntFunction<ImageReader> chunks = chunk -> new ImageReader(image[chunk]);
    return "hat".equals(tree)
        ? HoeffdingAdaptiveTree.read(rows.schema, image.length, chunks)
        : HoeffdingTree.read(rows.schema, image.length, chunks);
  }
}
