package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Merged;
import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.cpu.PartWork;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** A step of given rows, all of them labelled, and what a part of a gate works with in it. */
final class Rows implements Step {
  final int inputs;
  final int columns;
  final float[] x;
  final int[] labels;
  final Routing routing;
  long number;
  boolean alarm;
  IntFunction<float[]> answers;
  ExpertRows[] experts;
  RecentRows recent;
  final float[] expertGradient = new float[64];

  /**
   * @param x rows of equally many inputs
   * @param memory floats that the assignment remembers
   */
  Rows(final float[][] x, final int columns, final int pairs, final int memory) {
    this.inputs = x[0].length;
    this.columns = columns;
    this.x = new float[x.length * inputs];
    for (int r = 0; r < x.length; r++) {
      System.arraycopy(x[r], 0, this.x, r * inputs, inputs);
    }
    labels = new int[x.length];
    final boolean[] alive = new boolean[columns];
    Arrays.fill(alive, true);
    routing = new Routing(x.length, columns, pairs, new float[memory], alive);
  }

  /** Rows that have scores and nothing else. */
  static Rows scored(final Assign assign, final float[]... scores) {
    final int columns = scores[0].length;
    final int memory = Layout.of(assign.memory(), 1, columns).size();
    final Rows rows = new Rows(new float[scores.length][1], columns, assign.most(columns), memory);
    rows.score(scores);
    return rows;
  }

  void score(final float[]... scores) {
    for (int r = 0; r < scores.length; r++) {
      System.arraycopy(scores[r], 0, routing.score, r * columns, columns);
    }
  }

  /** The pairs that come of predicting. */
  Routing predicted(final Assign assign) {
    routing.clear();
    assign.predict(routing, 0, labels.length);
    return routing;
  }

  /** The pairs that come of learning. */
  Routing learned(final Assign assign) {
    routing.clear();
    assign.learn(this, routing);
    return routing;
  }

  /** The gradient of the scores, from one of 0 for the affinities. */
  float[] backward(final Assign assign) {
    Arrays.fill(routing.gradient, 0);
    assign.backward(this, routing);
    return routing.gradient;
  }

  /** Rows of each expert. */
  int[] load() {
    final int[] load = new int[columns];
    for (int p = 0; p < routing.chosen(); p++) {
      load[routing.expert(p)]++;
    }
    return load;
  }

  /** Experts of a row. */
  int[] of(final int row) {
    final int[] of = new int[columns];
    int count = 0;
    for (int p = 0; p < routing.chosen(); p++) {
      if (routing.row(p) == row) {
        of[count++] = routing.expert(p);
      }
    }
    return Arrays.copyOf(of, count);
  }

  /** What a score works with. */
  static final class Numbers extends PartWork {
    Numbers(final Score score, final int inputs, final int columns) {
      super(
          Layout.of(score.tensors(inputs, columns), inputs, columns),
          Layout.of(score.memory(inputs, columns), inputs, columns),
          Layout.NOTHING,
          0);
    }
  }

  Numbers numbers(final Score score) {
    return new Numbers(score, inputs, columns);
  }

  /** Scores of all rows, which the routing has too. */
  float[] scores(final Score score, final Numbers numbers) {
    score.forward(this, numbers, routing.score);
    return routing.score;
  }

  /** Learns the rows by a gradient, each sent to the expert of the largest score. */
  void learn(final Score score, final Numbers numbers, final float[] gradient) {
    scores(score, numbers);
    routing.clear();
    for (int r = 0; r < labels.length; r++) {
      routing.add(r, largest(r), 1);
    }
    score.backward(this, numbers, gradient, null);
    number++;
  }

  /** The same by no gradient. */
  void learn(final Score score, final Numbers numbers) {
    learn(score, numbers, new float[labels.length * columns]);
  }

  int largest(final int row) {
    int largest = 0;
    for (int e = 1; e < columns; e++) {
      if (routing.score[row * columns + e] > routing.score[row * columns + largest]) {
        largest = e;
      }
    }
    return largest;
  }

  @Override
  public int rows() {
    return labels.length;
  }

  @Override
  public int labelled() {
    return labels.length;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public float[] x() {
    return x;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public int outputs() {
    return 2;
  }

  @Override
  public float[] probabilities() {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] rowWeight() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Routing routing() {
    return routing;
  }

  @Override
  public RecentRows recent() {
    return recent;
  }

  /** Rows that were learned before, the newest first. */
  void remember(final float[][] rows, final int... classes) {
    final float[] all = new float[rows.length * inputs];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, all, r * inputs, inputs);
    }
    recent =
        new RecentRows() {
          @Override
          public int rows() {
            return rows.length;
          }

          @Override
          public int place(final int i) {
            return i;
          }

          @Override
          public float[] x() {
            return all;
          }

          @Override
          public int[] labels() {
            return classes;
          }
        };
  }

  @Override
  public float[] expertGradient(final int e) {
    return expertGradient;
  }

  @Override
  public boolean alarm() {
    return alarm;
  }

  @Override
  public int experts() {
    return columns;
  }

  @Override
  public ExpertRows expert(final int e) {
    return experts[e];
  }

  @Override
  public Merged merged() {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] answers(final int e) {
    return answers.apply(e);
  }

  @Override
  public float[] theta(final int e) {
    return answers.apply(e);
  }

  @Override
  public Layout layout(final int e) {
    return Layout.of(List.of(Tensor.zeros("w1", Axis.units(2), Axis.IN)), inputs, 2);
  }

  @Override
  public float[] scratch(final int length) {
    return new float[length];
  }

  @Override
  public long seed() {
    return 11;
  }
}
