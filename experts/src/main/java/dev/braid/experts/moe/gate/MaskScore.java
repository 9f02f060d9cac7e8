package dev.braid.experts.moe.gate;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.net.Adam;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Linear scores behind a routing mask: rows of a rare kind see one expert, which is always the same
 * and so learns all of them, and rows of a frequent kind see all (MaskMoE, Su et al. 2024, section
 * 3.2, where the kind is the token). Kinds are buckets of a hash of the row, counted over the rows
 * learned lately.
 *
 * @param bits of the hash
 * @param rare factor of the mean count of a bucket, below which it is rare
 */
public record MaskScore(int bits, double rare) implements Score {
  /** Rows over which kinds are counted. */
  private static final double WINDOW = 4096;

  /** What the scores of masked experts are less. */
  private static final float MASKED = 30;

  private static final LinearScore LINEAR = new LinearScore();

  static final Word<Score> WORD =
      new Word<>(
          "mask",
          "Linear scores; rows of a rare kind see one expert alone.",
          List.of(
              new Option("bits", "6", "Of the hash that says a row's kind, 1 to 16."),
              new Option("rare", "0.5", "Of the mean count of a kind, below which it is rare.")),
          options ->
              new MaskScore(options.integer("bits", 1, 16), options.real("rare", 1e-6, 100)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return LINEAR.tensors(inputs, columns);
  }

  /** Rows of each kind. */
  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("rows", Axis.of(1 << bits)));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    LINEAR.forward(step, work, score);
    final int columns = work.outputs();
    double all = 0;
    for (final float rows : work.memory()) {
      all += rows;
    }
    final double least = rare * all / work.memory().length;
    for (int r = 0; r < step.rows(); r++) {
      final int kind = Buckets.of(step, work.inputs(), r, bits);
      final int own = CounterRandom.below(columns, step.seed(), kind);
      for (int e = 0; work.memory()[kind] < least && e < columns; e++) {
        score[r * columns + e] -= e == own ? 0 : MASKED;
      }
    }
  }

  /** The mask has no gradient, and the scores before it have theirs. */
  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    LINEAR.backward(step, work, scoreGradient, inputGradient);
    final float[] memory = work.memory();
    final float keep = (float) StrictMath.exp(-step.labelled() / WINDOW);
    for (int i = 0; i < memory.length; i++) {
      memory[i] = (keep * memory[i] + Adam.FLUSH) - Adam.FLUSH;
    }
    for (int r = 0; r < step.labelled(); r++) {
      memory[Buckets.of(step, work.inputs(), r, bits)]++;
    }
  }

  @Override
  public String text() {
    return "mask(" + bits + "," + rare + ")";
  }
}
