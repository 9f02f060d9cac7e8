package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * A table of hash buckets names the expert, and nothing of it is learned by a gradient. A bucket
 * goes to the expert with the fewest rows so far when its first row is learned, which keeps loads
 * near each other (Hash Layers, Roller et al. 2021, section 3.1, balanced assignment). Where the
 * paper hashes a token, a row is hashed by the side of random planes that it lies on.
 *
 * @param bits planes, so that there are {@code 2^bits} buckets
 */
public record HashScore(int bits) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "hash",
          "A fixed hash of the row names the expert; buckets are dealt out as they come, so that"
              + " loads are near each other.",
          List.of(new Option("bits", "6", "Of the hash, 1 to 16.")),
          options -> new HashScore(options.integer("bits", 1, 16)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  /** Each bucket's expert, counted from 1, and the rows of each expert. */
  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("owner", Axis.of(1 << bits)), Tensor.zeros("rows", Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    for (int r = 0; r < step.rows(); r++) {
      final int bucket = Buckets.of(step, work.inputs(), r, bits);
      final int owner = (int) work.memory()[bucket] - 1;
      Fixed.name(score, r, work.outputs(), owner >= 0 ? owner : bucket % work.outputs());
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final float[] memory = work.memory();
    final int rows = work.memoryAt("rows");
    for (int r = 0; r < step.labelled(); r++) {
      final int bucket = Buckets.of(step, work.inputs(), r, bits);
      if (memory[bucket] == 0 || !step.routing().isAlive((int) memory[bucket] - 1)) {
        memory[bucket] = 1 + emptiest(step, memory, rows, work.outputs());
      }
      memory[rows + (int) memory[bucket] - 1] += 1;
    }
    Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
  }

  private static int emptiest(
      final Step step, final float[] memory, final int rows, final int columns) {
    int emptiest = -1;
    for (int e = 0; e < columns; e++) {
      if (step.routing().isAlive(e)
          && (emptiest < 0 || memory[rows + e] < memory[rows + emptiest])) {
        emptiest = e;
      }
    }
    return emptiest;
  }

  @Override
  public String text() {
    return "hash(" + bits + ")";
  }
}
