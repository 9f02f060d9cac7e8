package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Linear scores of which a row keeps as many as it is important: its importance is the attention
 * that the rows learned lately pay to it, and its rank among theirs sets how many experts it has
 * (DA-MoE, Aghdam et al. 2024, section 3, where the attention is that of the transformer's layer;
 * here it is the softmax of inner products of rows, over their root length). Scores beyond that
 * number are masked: with {@code top-p(0.99)} behind it unimportant rows cost less.
 *
 * @param remembered rows that pay attention, 2 or more
 * @param most experts of the most important row, 2 or more
 */
public record ImportanceScore(int remembered, int most) implements Score {
  /** What the scores of masked experts are less. */
  private static final float MASKED = 30;

  private static final LinearScore LINEAR = new LinearScore();

  static final Word<Score> WORD =
      new Word<>(
          "importance",
          "Linear scores; a row keeps the more of them the more attention the rows learned lately"
              + " pay to it.",
          List.of(
              new Option("rows", "32", "Rows that pay attention, 2 to 4096."),
              new Option("most", "4", "Experts of the most important row, 2 to 4096.")),
          options ->
              new ImportanceScore(
                  options.integer("rows", 2, 4096), options.integer("most", 2, 4096)));

  @Override
  public int recent() {
    return remembered;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return LINEAR.tensors(inputs, columns);
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    LINEAR.forward(step, work, score);
    final int columns = work.outputs();
    final int known = Math.min(remembered, step.recent().rows());
    if (known < 2) {
      return;
    }
    // What each remembered row pays each, the sums of that, what each gets, a row's scores.
    final float[] kept = work.scratch(known * (known + 2) + columns);
    among(step, work.inputs(), known, kept);
    for (int r = 0; r < step.rows(); r++) {
      final float importance = importance(step, work.inputs(), known, r, kept);
      int below = 0;
      for (int i = 0; i < known; i++) {
        below += kept[known * (known + 1) + i] < importance ? 1 : 0;
      }
      final int keep = 1 + Math.min(most - 1, below * most / known);
      System.arraycopy(score, r * columns, kept, known * (known + 2), columns);
      maskBeyond(kept, known * (known + 2), score, r * columns, columns, keep);
    }
  }

  private static void among(final Step step, final int d, final int known, final float[] kept) {
    final int sums = known * known;
    final int gets = sums + known;
    Arrays.fill(kept, sums, gets + known, 0);
    for (int i = 0; i < known; i++) {
      for (int j = 0; j < known; j++) {
        final int at = step.recent().place(j) * d;
        kept[i * known + j] = (float) pays(step, d, i, step.recent().x(), at);
        kept[sums + i] += kept[i * known + j];
      }
      for (int j = 0; j < known; j++) {
        kept[gets + j] += kept[i * known + j] / kept[sums + i];
      }
    }
  }

  private static float importance(
      final Step step, final int d, final int known, final int row, final float[] kept) {
    float importance = 0;
    for (int i = 0; i < known; i++) {
      final double paid = pays(step, d, i, step.x(), row * d);
      importance += (float) (paid / (kept[known * known + i] + paid));
    }
    return importance;
  }

  /** The exponential of how much a remembered row's query and a row's key agree. */
  private static double pays(
      final Step step, final int d, final int i, final float[] rows, final int at) {
    final int from = step.recent().place(i) * d;
    double dot = 0;
    double own = 1;
    for (int k = 0; k < d; k++) {
      final double query = step.recent().x()[from + k];
      dot += query * rows[at + k];
      own += query * query;
    }
    // Over the query's length, so that no exponential is too large for a number.
    return StrictMath.exp(Math.max(-50, Math.min(50, dot / Math.sqrt(own))));
  }

  /** All but the largest scores of a row are masked. */
  private static void maskBeyond(
      final float[] of,
      final int at,
      final float[] score,
      final int from,
      final int columns,
      final int keep) {
    for (int e = 0; e < columns; e++) {
      int larger = 0;
      for (int other = 0; other < columns; other++) {
        final float above = of[at + other] - of[at + e];
        larger += above > 0 || (above == 0 && other < e) ? 1 : 0;
      }
      score[from + e] -= larger >= keep ? MASKED : 0;
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    LINEAR.backward(step, work, scoreGradient, inputGradient);
  }

  @Override
  public String text() {
    return "importance(" + remembered + "," + most + ")";
  }
}
