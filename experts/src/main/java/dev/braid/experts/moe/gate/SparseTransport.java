package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The transport plan between the rows of a step and the experts in which each expert has as much
 * and no more than so many rows: quadratically regularised, with the number of rows of an expert
 * constrained, solved in the rows' potentials by ascent on the semi-dual, where an expert's part of
 * the plan is the projection of its largest entries on a simplex (Liu et al. 2023,
 * "Sparsity-Constrained Optimal Transport", sections 3 and 4). An expert learns the rows that it
 * has some of; what it must have of a score to have any, smoothed, is remembered, and decides who
 * answers a row.
 *
 * @param factor rows of an expert at most, over what each has were all alike, 1 or more
 * @param regularisation above 0: the larger, the more rows an expert has
 */
public record SparseTransport(double factor, double regularisation) implements Assign {
  /** What a threshold still weighs a step later. */
  private static final float KEPT = 0.95f;

  private static final int ITERATIONS = 10;

  static final Word<Assign> WORD =
      new Word<>(
          "sparse-transport",
          "Each expert learns from no more than so many rows of a step and has as much of them as"
              + " any other, by sparse optimal transport, and answers by the threshold of lately.",
          List.of(
              new Option("factor", "2", "Rows of an expert over what each had were all alike."),
              new Option("regularisation", "0.2", "The larger, the more rows an expert has.")),
          options ->
              new SparseTransport(
                  options.real("factor", 1, 4096), options.real("regularisation", 1e-3, 1e3)));

  @Override
  public int most(final int experts) {
    return experts;
  }

  @Override
  public boolean leavesRowsOut() {
    return true;
  }

  @Override
  public boolean couples() {
    return true;
  }

  /** What a score must be above, and steps that this is of, as far as they count. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("threshold", Axis.OUT), Tensor.zeros("steps", Axis.OUT));
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.softmax(from, to);
    final int columns = routing.columns();
    for (int r = from; r < to; r++) {
      final int first = routing.size();
      int closest = -1;
      float distance = 0;
      for (int e = 0; e < columns; e++) {
        final float above = routing.score[r * columns + e] - routing.memory[e];
        if (routing.isAlive(e) && above > 0 && routing.memory[columns + e] > 0) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
        if (routing.isAlive(e) && (closest < 0 || above > distance)) {
          closest = e;
          distance = above;
        }
      }
      if (routing.size() == first) {
        routing.add(r, closest, routing.affinity[r * columns + closest]);
      }
    }
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    final int rows = step.labelled();
    final float mass = (float) rows / routing.alive();
    final int most = (int) Math.max(1, Math.min(rows, Math.ceil(factor * mass)));
    // The rows' potentials, what the plan has of each row, then the plan.
    final float[] plan = step.scratch(rows * (2 + columns));
    Arrays.fill(plan, 0, rows, 0);
    for (int i = 0; i < ITERATIONS; i++) {
      Arrays.fill(plan, rows, rows * (2 + columns), 0);
      for (int e = 0; e < columns; e++) {
        if (routing.isAlive(e)) {
          final float threshold = project(routing, plan, rows, e, mass, most);
          if (i == ITERATIONS - 1) {
            remember(routing, e, threshold);
          }
        }
      }
      for (int r = 0; i < ITERATIONS - 1 && r < rows; r++) {
        plan[r] += (float) (0.3 * regularisation * (1 - plan[rows + r]));
      }
    }
    routing.softmax(0, rows);
    for (int r = 0; r < rows; r++) {
      for (int e = 0; e < columns; e++) {
        if (plan[(2 + e) * rows + r] > 0) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
      }
    }
  }

  private static void remember(final Routing routing, final int expert, final float threshold) {
    final int at = routing.columns() + expert;
    final float kept = routing.memory[at] > 0 ? KEPT : 0;
    routing.memory[expert] = kept * routing.memory[expert] + (1 - kept) * threshold;
    routing.memory[at] = 1;
  }

  /** An expert's part of the plan; returns what a score without a potential must be above. */
  private float project(
      final Routing routing,
      final float[] plan,
      final int rows,
      final int expert,
      final float mass,
      final int most) {
    final int from = (2 + expert) * rows;
    float sum = 0;
    float bound = Float.NEGATIVE_INFINITY;
    for (int count = 1; count <= most; count++) {
      int best = -1;
      for (int r = 0; r < rows; r++) {
        if (plan[from + r] == 0
            && (best < 0 || worth(routing, plan, r, expert) > worth(routing, plan, best, expert))) {
          best = r;
        }
      }
      final float next = worth(routing, plan, best, expert);
      if (next <= bound) {
        break;
      }
      plan[from + best] = 1;
      sum += next;
      bound = (sum - mass) / count;
    }
    for (int r = 0; r < rows; r++) {
      if (plan[from + r] > 0) {
        plan[from + r] = Math.max(Float.MIN_NORMAL, worth(routing, plan, r, expert) - bound);
        plan[rows + r] += plan[from + r];
      }
    }
    float mean = 0;
    for (int r = 0; r < rows; r++) {
      mean += plan[r] / rows;
    }
    return (float) (regularisation * bound) - mean;
  }

  private float worth(final Routing routing, final float[] plan, final int row, final int expert) {
    final float score = routing.score[row * routing.columns() + expert];
    return (float) ((plan[row] + score) / regularisation);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "sparse-transport(" + factor + "," + regularisation + ")";
  }
}
