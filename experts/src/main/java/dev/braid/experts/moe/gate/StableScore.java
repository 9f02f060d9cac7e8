package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Linear scores at first, from which a second router learns whom they name; after so many steps
 * that router alone says the scores, frozen, until the layer's errors rise and both learn again
 * (StableMoE, Dai et al. 2022, section 3: a stage that learns and distils, then one that is
 * frozen).
 *
 * @param steps that the first stage has, 1 or more
 */
public record StableScore(int steps) implements Score {
  /** Of the steps by which the second router learns. */
  private static final float RATE = 0.5f;

  static final Word<Score> WORD =
      new Word<>(
          "stable",
          "Linear scores that are distilled into a second router, which is frozen until errors"
              + " rise.",
          List.of(
              new Option("steps", "500", "Training steps until the router is frozen, 1 or more.")),
          options -> new StableScore(options.integer("steps", 1, 1 << 24)));

  private static final LinearScore LINEAR = new LinearScore();

  @Override
  public boolean watches() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return LINEAR.tensors(inputs, columns);
  }

  /** The second router, and the steps of its stage. */
  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(
        Tensor.zeros("w", Axis.OUT, Axis.IN),
        Tensor.zeros("b", Axis.OUT),
        Tensor.zeros("age", Axis.of(1)));
  }

  private boolean isFrozen(final Work work) {
    return work.memory()[work.memoryAt("age")] >= steps;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    if (!isFrozen(work)) {
      LINEAR.forward(step, work, score);
      return;
    }
    final int d = work.inputs();
    work.products()
        .affine(
            step.rows(), work.outputs(), d, step.x(), work.memory(), 0, work.memoryAt("b"), score);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int age = work.memoryAt("age");
    if (isFrozen(work)) {
      Arrays.fill(work.gradient(), 0, work.outputs() * (work.inputs() + 1), 0);
      Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
    } else {
      LINEAR.backward(step, work, scoreGradient, inputGradient);
      distil(step, work);
      work.memory()[age]++;
    }
    work.memory()[age] = step.alarm() ? 0 : work.memory()[age];
  }

  /** A step on the cross-entropy of the second router against whom the first names. */
  private static void distil(final Step step, final Work work) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    final int b = work.memoryAt("b");
    final float[] memory = work.memory();
    final float[] error = work.scratch(rows * columns);
    work.products().affine(rows, columns, d, step.x(), memory, 0, b, error);
    for (int r = 0; r < rows; r++) {
      FloatMath.softmax(error, r * columns, columns);
      error[r * columns + named(step, r, columns)] -= 1;
    }
    for (int r = 0; r < rows; r++) {
      // A row's length must not decide how far a step goes.
      float squares = 1;
      for (int i = 0; i < d; i++) {
        squares += step.x()[r * d + i] * step.x()[r * d + i];
      }
      for (int e = 0; e < columns; e++) {
        final float by = RATE * error[r * columns + e] / squares;
        memory[b + e] -= by;
        for (int i = 0; i < d; i++) {
          memory[e * d + i] -= by * step.x()[r * d + i];
        }
      }
    }
  }

  private static int named(final Step step, final int row, final int columns) {
    final float[] score = step.routing().score;
    int named = 0;
    for (int e = 1; e < columns; e++) {
      named = score[row * columns + e] > score[row * columns + named] ? e : named;
    }
    return named;
  }

  @Override
  public String text() {
    return "stable(" + steps + ")";
  }
}
