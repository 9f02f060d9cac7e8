package dev.braid.benchmarks.harness;

import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.PoolEvent;
import dev.braid.router.Prediction;
import java.util.Arrays;
import java.util.List;

/** One of Braid's presets. */
final class BraidContestant implements Contestant<BraidContestant.Row> {

  /**
   * An event, the schema of its time, how often the schema had grown until then, and what the
   * learner said of it if it was asked before its label came.
   */
  record Row(Instance instance, Schema schema, int generation, Prediction said) {}

  private final Learner learner;
  private final Prediction prediction = new Prediction();
  private final Prediction again = new Prediction();
  private Prediction last = prediction;
  private Schema lastRead;
  private int read;
  private int announced;

  /**
   * @param learner opened with the schema that the stream has at its start
   */
  BraidContestant(final Learner learner) {
    this.learner = learner;
    this.lastRead = learner.schema();
  }

  // A source hands out the same object until its schema grows.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public Row encode(final Instance instance, final Schema schema) {
    if (schema != lastRead) {
      lastRead = schema;
      read++;
    }
    return new Row(instance, schema, read, new Prediction());
  }

  @Override
  public int predict(final Row row) {
    announce(row);
    learner.predict(row.instance().x(), row.said());
    last = row.said();
    return Math.max(0, row.said().label());
  }

  @Override
  public void learn(final Row row) {
    announce(row);
    final double[] x = row.instance().x();
    final int features = learner.schema().featureCount();
    learner.learn(
        x.length == features ? x : padded(x, features), row.instance().label(), row.said());
  }

  @Override
  public int testThenTrain(final Row row) {
    announce(row);
    learner.testThenTrain(row.instance().x(), row.instance().label(), prediction);
    last = prediction;
    return Math.max(0, prediction.label());
  }

  @Override
  public double[] prediction() {
    return last.probabilities();
  }

  @Override
  public double[] weights() {
    return last.weights();
  }

  @Override
  public double[] weightsFor(final Row row) {
    final double[] x = row.instance().x();
    final int features = learner.schema().featureCount();
    learner.predict(x.length == features ? x : padded(x, features), again);
    return again.weights();
  }

  @Override
  public int chosenFrom() {
    return learner.chosenFrom();
  }

  @Override
  public long operations() {
    long operations = 0;
    for (int e = 0; e < learner.members().size(); e++) {
      operations += learner.operations(e);
    }
    return operations;
  }

  /** Announces growth only: a late label comes back with the smaller schema of its time. */
  private void announce(final Row row) {
    if (row.generation() > announced) {
      announced = row.generation();
      learner.grow(row.schema());
    }
  }

  private static double[] padded(final double[] x, final int length) {
    final double[] longer = Arrays.copyOf(x, length);
    Arrays.fill(longer, x.length, length, Double.NaN);
    return longer;
  }

  @Override
  public boolean alarmed() {
    final List<PoolEvent> events = learner.drainPoolEvents();
    for (int i = 0; i < events.size(); i++) {
      switch (events.get(i).kind()) {
        case OPENED, SWITCHED, REPLACED -> {
          return true;
        }
        case MERGED, RETIRED, RESTED, WOKEN -> {}
      }
    }
    return false;
  }

  @Override
  public long sizeBytes() {
    return learner.sizeBytes();
  }
}
