package dev.braid.benchmarks.jmh;

import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The preset {@code driftmoe-data} on electricity. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PresetBenchmark {
  private static final int ROWS = 40_000;
  private static final String PRESET = "driftmoe-data";

  private final Prediction prediction = new Prediction();
  private TreeRows rows;
  private Learner settled;

  /** Reads the rows and trains a learner whose trees then split no more. */
  @Setup
  public void read() {
    rows = TreeRows.of("elec", ROWS);
    final Map<String, String> noSplits =
        Map.of("experts", "hoeffding-tree(grace-period=2147483647)*12");
    settled = Presets.open(new LearnerSpec(PRESET, 1, noSplits), rows.schema);
    for (int row = 0; row < ROWS; row++) {
      settled.testThenTrain(rows.x(row), rows.labels[row], prediction);
    }
  }

  /** All rows, test then train, from an untrained learner on. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object testThenTrain() {
    final Learner learner = Presets.open(LearnerSpec.of(PRESET, 1), rows.schema);
    for (int row = 0; row < ROWS; row++) {
      learner.testThenTrain(rows.x(row), rows.labels[row], prediction);
    }
    return learner;
  }

  /** Events of a trained learner whose trees do not split, for the bytes allocated. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public Object steady() {
    for (int row = 0; row < ROWS; row++) {
      settled.testThenTrain(rows.x(row), rows.labels[row], prediction);
    }
    return settled;
  }
}
