package dev.braid.benchmarks.jmh;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.concurrent.TimeUnit;
import moa.classifiers.trees.HoeffdingTree;
import moa.streams.generators.RandomRBFGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Test-then-train of MOA's Hoeffding tree on ten numeric features: the mark for other trees. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MoaTreeBenchmark {
  private static final int ROWS = 1 << 14;

  private final Instance[] rows = new Instance[ROWS];
  private HoeffdingTree tree;
  private int next;

  /** A stream held in memory, so that only the learner is measured. */
  @Setup
  public void open() {
    final RandomRBFGenerator stream = new RandomRBFGenerator();
    stream.prepareForUse();
    for (int i = 0; i < ROWS; i++) {
      rows[i] = stream.nextInstance().getData();
    }
    tree = new HoeffdingTree();
    tree.setModelContext(stream.getHeader());
    tree.prepareForUse();
  }

  /** One event, predicted and then learned. */
  @Benchmark
  public double[] testThenTrain() {
    final Instance row = rows[next++ & (ROWS - 1)];
    final double[] votes = tree.getVotesForInstance(row);
    tree.trainOnInstance(row);
    return votes;
  }
}
