package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The row's task names the expert: the one among some inputs that is largest, which is the value of
 * a nominal feature where they are its indicators. One expert a task (Ye et al. 2022, "Eliciting
 * and Understanding Cross-Task Skills with Task-Level Mixture-of-Experts", section 3; the routing
 * by domain of "Contrastive Learning and Mixture of Experts Enables Precise Vector Embeddings"),
 * and with as many small experts as values a memory of them (Mixture of Word Experts, dos Santos et
 * al. 2023, section 2.2). Tasks beyond the number of experts share these.
 *
 * @param first input of those that say the task
 * @param values inputs that say it, 2 or more
 */
public record TaskScore(int first, int values) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "task",
          "The largest of some inputs, the value of a nominal feature, names the expert.",
          List.of(
              new Option("first", "0", "Index of the first of these inputs."),
              new Option("values", "8", "How many inputs they are, 2 to 65536.")),
          options ->
              new TaskScore(
                  options.integer("first", 0, 1 << 24), options.integer("values", 2, 65_536)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    for (int r = 0; r < step.rows(); r++) {
      final int task = Buckets.largest(step, work.inputs(), r, first, values);
      Fixed.name(score, r, work.outputs(), task % work.outputs());
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
  }

  @Override
  public String text() {
    return "task(" + first + "," + values + ")";
  }
}
