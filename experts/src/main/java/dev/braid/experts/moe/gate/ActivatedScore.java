package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear unit of each expert, through an activation, times a learned factor, the inverse of a
 * temperature (Nguyen et al. 2024, "Is Temperature Sample Efficient for Softmax Gaussian Mixture of
 * Experts?": with no activation, estimating parameters is slow, with one it is not, section 3).
 *
 * @param activation between the linear unit and the factor
 */
public record ActivatedScore(Activation activation) implements Score {
  /** What a linear unit goes through. */
  public enum Activation {
    /** The logistic function. */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** The temperature alone. */
    NONE
  }

  static final Word<Score> WORD =
      new Word<>(
          "activated",
          "One linear unit per expert, through an activation, times a learned factor.",
          List.of(new Option("activation", "sigmoid", "One of sigmoid, tanh and none.")),
          options -> new ActivatedScore(options.choice("activation", Activation.class)));

  private static final LinearScore LINEAR = new LinearScore();

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final List<Tensor> tensors = new ArrayList<>(LINEAR.tensors(inputs, columns));
    tensors.add(Tensor.zeros("factor", Axis.of(1)));
    return tensors;
  }

  private static float factor(final Work work) {
    return (float) StrictMath.exp(work.theta()[work.at("factor")]);
  }

  private float activated(final float value) {
    return switch (activation) {
      case SIGMOID -> FloatMath.sigmoid(value);
      case TANH -> 2 * FloatMath.sigmoid(2 * value) - 1;
      case NONE -> value;
    };
  }

  private float slope(final float activated) {
    return switch (activation) {
      case SIGMOID -> activated * (1 - activated);
      case TANH -> 1 - activated * activated;
      case NONE -> 1;
    };
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    LINEAR.forward(step, work, score);
    final float factor = factor(work);
    for (int i = 0; i < step.rows() * work.outputs(); i++) {
      score[i] = factor * activated(score[i]);
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int columns = work.outputs();
    final int rows = step.labelled();
    final int end = rows * columns;
    final float factor = factor(work);
    final float[] units = work.scratch(end);
    work.products()
        .affine(rows, columns, work.inputs(), step.x(), work.theta(), 0, work.at("b"), units);
    float sum = 0;
    for (int i = 0; i < end; i++) {
      final float activated = activated(units[i]);
      sum += scoreGradient[i] * factor * activated;
      scoreGradient[i] *= factor * slope(activated);
    }
    work.gradient()[work.at("factor")] = sum;
    LINEAR.backward(step, work, scoreGradient, inputGradient);
  }

  @Override
  public String text() {
    return "activated(" + activation.name().toLowerCase(Locale.ROOT) + ")";
  }
}
