package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Soft decision trees with the experts under their leaves. A node sends a row left by the smooth
 * step of a linear unit, which is exactly 0 or 1 away from its middle, so that far rows reach few
 * leaves; a score is the logarithm of the mean probability to reach the expert. Which expert is
 * under which leaf is searched: in each step two leaves of a tree swap theirs if the loss of the
 * step's rows falls by that, to first order (COMET, Ibrahim et al. 2023, sections 3.2 and 4, whose
 * local search learns permutations).
 *
 * @param trees 1 or more
 * @param width of the smooth step, above 0
 */
public record TreeScore(int trees, double width) implements Score {
  /** Tell its random numbers from those of other parts. */
  private static final int PURPOSE = 0x73ee0;

  /** Probability below which all experts are alike. */
  private static final float LEAST = 1e-2f;

  static final Word<Score> WORD =
      new Word<>(
          "tree",
          "Soft decision trees with the experts under their leaves, which are searched for them.",
          List.of(
              new Option("trees", "2", "Trees, 1 to 64."),
              new Option("width", "2", "Of the smooth step at a node, above 0.")),
          options ->
              new TreeScore(options.integer("trees", 1, 64), options.real("width", 1e-3, 1e3)));

  /** A power of two. */
  private static int leaves(final int columns) {
    return Math.max(2, Integer.highestOneBit(2 * columns - 1));
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final int nodes = trees * (leaves(columns) - 1);
    return List.of(
        Tensor.of("w", 0.3 * Math.sqrt(3.0 / inputs), Axis.of(nodes), Axis.IN),
        Tensor.zeros("b", Axis.of(nodes)));
  }

  /** For each leaf, how many experts further its expert is than where it would be in order. */
  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("moved", Axis.of(trees * leaves(columns))));
  }

  private static int expert(final Work work, final int tree, final int leaf) {
    final int leaves = leaves(work.outputs());
    return (leaf + (int) work.memory()[tree * leaves + leaf]) % work.outputs();
  }

  /**
   * Walks down a tree: shares of its nodes' left ways, then what reaches each node and leaf.
   *
   * @param nodes receives shape [leaves - 1], then [2 leaves - 1]
   */
  private void walk(
      final Step step, final Work work, final int row, final int tree, final float[] nodes) {
    final int d = work.inputs();
    final int inner = leaves(work.outputs()) - 1;
    nodes[inner] = 1;
    for (int n = 0; n < inner; n++) {
      final int node = tree * inner + n;
      float sum = work.theta()[work.at("b") + node];
      for (int i = 0; i < d; i++) {
        sum += work.theta()[node * d + i] * step.x()[row * d + i];
      }
      final float t = (float) Math.max(-0.5, Math.min(0.5, sum / width));
      nodes[n] = 0.5f + 1.5f * t - 2 * t * t * t;
      nodes[inner + 2 * n + 1] = nodes[inner + n] * nodes[n];
      nodes[inner + 2 * n + 2] = nodes[inner + n] * (1 - nodes[n]);
    }
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int leaves = leaves(columns);
    final float[] nodes = work.scratch(3 * leaves);
    for (int r = 0; r < step.rows(); r++) {
      Arrays.fill(score, r * columns, (r + 1) * columns, 0);
      for (int t = 0; t < trees; t++) {
        walk(step, work, r, t, nodes);
        for (int l = 0; l < leaves; l++) {
          score[r * columns + expert(work, t, l)] += nodes[2 * (leaves - 1) + l] / trees;
        }
      }
      for (int i = r * columns; i < (r + 1) * columns; i++) {
        score[i] = (float) StrictMath.log(LEAST + score[i]);
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int columns = work.outputs();
    final int leaves = leaves(columns);
    final int rows = step.labelled();
    final int at = 5 * leaves;
    final float[] nodes = work.scratch(at + rows * columns);
    forward(step, work, nodes, at);
    Arrays.fill(work.gradient(), 0, trees * (leaves - 1) * (work.inputs() + 1), 0);
    Fixed.noGradient(inputGradient, rows * work.inputs());
    final int swapped = (int) (step.random(0, PURPOSE) * trees);
    final int first = (int) (step.random(1, PURPOSE) * leaves);
    final int second = (int) (step.random(2, PURPOSE) * leaves);
    float gain = 0;
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < trees; t++) {
        walk(step, work, r, t, nodes);
        // Of each leaf, the gradient of the probability to reach it.
        for (int l = 0; l < leaves; l++) {
          final int i = r * columns + expert(work, t, l);
          nodes[4 * leaves + l] = scoreGradient[i] / (LEAST + nodes[at + i]) / trees;
        }
        if (t == swapped) {
          final int reach = 2 * (leaves - 1);
          gain +=
              (nodes[4 * leaves + first] - nodes[4 * leaves + second])
                  * (nodes[reach + second] - nodes[reach + first]);
        }
        throughTree(step, work, r, t, nodes, inputGradient);
      }
    }
    if (gain < 0) {
      swap(work, swapped, first, second);
    }
  }

  /** The mean probabilities to reach the experts, into part of an array. */
  private void forward(final Step step, final Work work, final float[] nodes, final int at) {
    final int columns = work.outputs();
    final int leaves = leaves(columns);
    Arrays.fill(nodes, at, at + step.labelled() * columns, 0);
    for (int r = 0; r < step.labelled(); r++) {
      for (int t = 0; t < trees; t++) {
        walk(step, work, r, t, nodes);
        for (int l = 0; l < leaves; l++) {
          nodes[at + r * columns + expert(work, t, l)] += nodes[2 * (leaves - 1) + l] / trees;
        }
      }
    }
  }

  /** From the last node to the root, with the mean gradient below each in the leaves' place. */
  private void throughTree(
      final Step step,
      final Work work,
      final int row,
      final int tree,
      final float[] nodes,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int leaves = leaves(work.outputs());
    final int inner = leaves - 1;
    // Node n's mean is at 3 leaves + 1 + n, its leaves' gradients follow where they are.
    final int mean = 4 * leaves - inner;
    for (int n = inner - 1; n >= 0; n--) {
      final float left = nodes[mean + 2 * n + 1];
      final float right = nodes[mean + 2 * n + 2];
      nodes[mean + n] = nodes[n] * left + (1 - nodes[n]) * right;
      final float outer = nodes[inner + n] * (left - right) * slope(step, work, row, tree, n);
      if (outer != 0) {
        final int node = tree * inner + n;
        work.gradient()[work.at("b") + node] += outer;
        for (int i = 0; i < d; i++) {
          work.gradient()[node * d + i] += outer * step.x()[row * d + i];
          if (inputGradient != null) {
            inputGradient[row * d + i] += outer * work.theta()[node * d + i];
          }
        }
      }
    }
  }

  private float slope(
      final Step step, final Work work, final int row, final int tree, final int n) {
    final int d = work.inputs();
    final int node = tree * (leaves(work.outputs()) - 1) + n;
    float sum = work.theta()[work.at("b") + node];
    for (int i = 0; i < d; i++) {
      sum += work.theta()[node * d + i] * step.x()[row * d + i];
    }
    final float t = (float) (sum / width);
    return Math.abs(t) < 0.5f ? (float) ((1.5f - 6 * t * t) / width) : 0;
  }

  private static void swap(final Work work, final int tree, final int first, final int second) {
    final int columns = work.outputs();
    final int leaves = leaves(columns);
    final int a = expert(work, tree, first);
    final int b = expert(work, tree, second);
    work.memory()[tree * leaves + first] = Math.floorMod(b - first, columns);
    work.memory()[tree * leaves + second] = Math.floorMod(a - second, columns);
  }

  @Override
  public String text() {
    return "tree(" + trees + "," + width + ")";
  }
}
