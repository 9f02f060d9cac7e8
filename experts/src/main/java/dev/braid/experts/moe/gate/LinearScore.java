package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.List;

/** One linear unit per expert (Jacobs et al. 1991). */
public record LinearScore() implements Score {
  static final Word<Score> WORD =
      new Word<>("linear", "One linear unit per expert.", List.of(), options -> new LinearScore());

  /** A tenth of the usual scale: the gate begins undecided (Switch Transformers, section 2.4). */
  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final double limit = 0.1 * Math.sqrt(6.0 / (inputs + columns));
    return List.of(Tensor.of("w", limit, Axis.OUT, Axis.IN), Tensor.zeros("b", Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int d = work.inputs();
    final int columns = work.outputs();
    work.products().affine(step.rows(), columns, d, step.x(), work.theta(), 0, work.at("b"), score);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    work.products()
        .transposedTimes(columns, d, rows, scoreGradient, 0, step.x(), 0, work.gradient(), 0);
    work.products().columnSums(rows, columns, scoreGradient, 0, work.gradient(), work.at("b"));
    if (inputGradient != null) {
      work.products().times(rows, d, columns, scoreGradient, 0, work.theta(), 0, inputGradient, 0);
    }
  }

  @Override
  public String text() {
    return "linear";
  }
}
