package dev.braid.benchmarks.jmh;

import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.experts.Expert;
import java.util.concurrent.TimeUnit;
import moa.classifiers.AbstractClassifier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Test-then-train of our trees and of MOA's over the same rows: rows a second, always the first
 * {@value #ROWS} rows of a stream from an empty tree, so that both grow the same tree.
 *
 * <p>All of it, the allocation per row too (the arrays of a new tree and of its splits are in it;
 * {@link TreeSteadyBenchmark} shows the steady state):
 *
 * <pre>
 * mvn -q -Pjmh -pl benchmarks -am process-classes -Djmh.args="TreeBenchmark -prof gc"
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 4)
@Measurement(iterations = 3, time = 4)
public class TreeBenchmark {
  /** Rows of one run. */
  public static final int ROWS = TreePair.ROWS;

  /** Stream by the name of the drift benchmark. */
  @Param({"elec", "covt", "rbf_m", "airl"})
  public String stream;

  /** Hoeffding tree with MOA's defaults, with the grace period of DriftMoE, or adaptive. */
  @Param({"ht", "ht50", "hat"})
  public String tree;

  private TreeRows rows;
  private TreePair pair;
  private double[] probabilities;

  /** Reads the rows. */
  @Setup
  public void read() {
    rows = TreeRows.of(stream, ROWS);
    probabilities = new double[rows.schema.classCount()];
  }

  /** Empty trees. */
  @Setup(Level.Invocation)
  public void plant() {
    pair = new TreePair(rows, tree);
  }

  /** Our tree. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object braid() {
    final Expert ours = pair.ours;
    for (int row = 0; row < ROWS; row++) {
      final double[] x = rows.x(row);
      ours.predict(x, probabilities);
      ours.learn(x, rows.labels[row], 1.0);
    }
    return ours;
  }

  /** MOA's tree. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object moa() {
    final AbstractClassifier moas = pair.moas;
    double votes = 0;
    for (int row = 0; row < ROWS; row++) {
      final Instance instance = rows.instance(row);
      votes += moas.getVotesForInstance(instance).length;
      moas.trainOnInstance(instance);
    }
    return votes;
  }
}
