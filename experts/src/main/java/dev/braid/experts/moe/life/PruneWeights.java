package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Weights go that say little: once, after so many steps, of the weights by which each unit reads
 * the inputs a share is set to 0, those of the smallest {@code |w| |g x|}, where {@code |g x|} is
 * the length of an input over the rows that the expert was sent, each times its weight of the gate
 * (MoE-Pruner, Xie et al. 2024, "Pruning Mixture-of-Experts Large Language Model using the Hints
 * from Its Router"; for weights on inputs alone, and without its distillation). They stay 0: in
 * each step that the expert learns they are put back from where Adam's momentum took them.
 *
 * @param share of the weights that go, above 0, to below 1
 * @param after training steps until they do, 1 or more
 */
public record PruneWeights(double share, int after) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "prune-weights",
          "Weights on inputs go that say little, by their size and that of what the gate sends.",
          List.of(
              new Option("share", "0.5", "Of the weights that go, 0.01 to 0.99."),
              new Option("after", "300", "Training steps until they do, 1 or more.")),
          options ->
              new PruneWeights(
                  options.real("share", 0.01, 0.99), options.integer("after", 1, 1 << 24)));

  /** Steps until they go; whether an expert's went; squares of its inputs times their weights. */
  @Override
  public List<Tensor> memory() {
    return List.of(
        Tensor.zeros("steps", Axis.of(1)),
        Tensor.zeros("went", Axis.OUT),
        Tensor.zeros("squares", Axis.OUT, Axis.IN));
  }

  /** 1 where a weight went. */
  @Override
  public int copies() {
    return 1;
  }

  @Override
  public void begin(final Step step, final float[] memory) {
    final int columns = step.routing().columns();
    final int d = step.inputs();
    if (memory[0] >= after) {
      return;
    }
    memory[0]++;
    for (int e = 0; e < columns; e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        final float weight = step.routing().weight(expert.pair(i));
        final int row = expert.row(i) * d;
        for (int j = 0; j < d; j++) {
          final float x = weight * step.x()[row + j];
          memory[1 + columns + e * d + j] += x * x;
        }
      }
    }
  }

  @Override
  public void gradient(
      final Step step,
      final int expert,
      final float[] theta,
      final float[] gradient,
      final float[] memory,
      final float[] own,
      final int at) {
    final int columns = step.routing().columns();
    if (memory[0] < after || expert >= columns) {
      return;
    }
    if (memory[1 + expert] == 0) {
      memory[1 + expert] = 1;
      choose(step, expert, theta, memory, own, at);
    }
    for (int i = 0; i < theta.length; i++) {
      if (own[at + i] == 1) {
        theta[i] = 0;
        gradient[i] = 0;
      }
    }
  }

  /** Of each row of an array whose last axis is the inputs. */
  private void choose(
      final Step step,
      final int expert,
      final float[] theta,
      final float[] memory,
      final float[] own,
      final int at) {
    final int d = step.inputs();
    final int squares = 1 + step.routing().columns() + expert * d;
    final int going = (int) (share * d);
    final List<Tensor> tensors = step.layout(expert).tensors();
    for (int t = 0; t < tensors.size(); t++) {
      final Tensor tensor = tensors.get(t);
      if (tensor.axes().get(tensor.axes().size() - 1) != Axis.IN) {
        continue;
      }
      final int from = step.layout(expert).at(tensor.name());
      final int end = from + step.layout(expert).sizeOf(tensor.name());
      for (int row = from; row < end; row += d) {
        for (int gone = 0; gone < going; gone++) {
          int least = -1;
          for (int j = 0; j < d; j++) {
            if (own[at + row + j] == 0
                && (least < 0
                    || says(theta, row, memory, squares, j)
                        < says(theta, row, memory, squares, least))) {
              least = j;
            }
          }
          own[at + row + least] = 1;
        }
      }
    }
  }

  private static double says(
      final float[] theta, final int row, final float[] memory, final int squares, final int j) {
    return Math.abs(theta[row + j]) * Math.sqrt(memory[squares + j]);
  }

  @Override
  public String text() {
    return "prune-weights(" + share + "," + after + ")";
  }
}
