package dev.braid.experts.moe.gate;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.List;

/**
 * Experts are activated at random, other ones of a row in every step, when learning and when
 * answering (THOR, Zuo et al. 2022, section 3.1; its consistency loss is the combination {@code
 * agree}). A row's draw follows from seed, step and the row itself.
 */
public record RandomScore() implements Score {
  /** Of the scores: experts that are chosen weigh nearly the same. */
  private static final float RANGE = 1e-3f;

  static final Word<Score> WORD =
      new Word<>(
          "random",
          "Chance names the experts, others in every step.",
          List.of(),
          options -> new RandomScore());

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    for (int r = 0; r < step.rows(); r++) {
      final long own = Buckets.content(step, work.inputs(), r);
      final long drawn = CounterRandom.bits(step.seed() + own, step.number());
      for (int e = 0; e < columns; e++) {
        score[r * columns + e] = RANGE * (float) CounterRandom.unit(drawn, e);
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
  }

  @Override
  public String text() {
    return "random";
  }
}
