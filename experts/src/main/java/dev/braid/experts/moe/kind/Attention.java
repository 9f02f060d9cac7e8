package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Attention over the labelled rows that it was sent last: a row's query meets their keys, what it
 * brings back is their values and classes, and a further hop asks again with that added to the
 * query (Memory Networks, Weston et al. 2015, whose second supporting fact is sought with the
 * first; the soft form is that of Sukhbaatar et al. 2015). Behind a gate that chooses, experts are
 * attention heads with matrices of their own (Mixture of Attention Heads, Zhang et al. 2022,
 * section 3.1, but each head has rows of its own too). The logits are linear in what the last hop
 * brought and in the query.
 *
 * @param remembered rows, 1 or more
 * @param dimensions of queries, keys and values
 * @param hops 1 to 4
 */
public record Attention(int remembered, int dimensions, int hops) implements Kind {
  /** Classes that a value tells apart. */
  private static final int CLASSES = 16;

  static final Word<Kind> WORD =
      new Word<>(
          "attention",
          "Attention over the rows that it was sent last, with their classes, in one hop or more.",
          List.of(
              new Option("rows", "32", "Rows that it remembers, 1 to 65536."),
              new Option("dimensions", "8", "Of queries, keys and values, 1 to 1024."),
              new Option("hops", "1", "How often it asks, 1 to 4.")),
          options ->
              new Attention(
                  options.integer("rows", 1, 65_536),
                  options.integer("dimensions", 1, 1024),
                  options.integer("hops", 1, 4)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double limit = Math.sqrt(3.0 / inputs);
    final Axis wide = Axis.of(dimensions);
    return List.of(
        Tensor.of("query", limit, wide, Axis.IN),
        Tensor.of("key", limit, wide, Axis.IN),
        Tensor.of("value", limit, wide, Axis.IN),
        Tensor.of("class", 1, Axis.of(CLASSES), wide),
        Tensor.of("w", Math.sqrt(6.0 / (dimensions + outputs)), Axis.OUT, wide),
        Tensor.of("u", Math.sqrt(6.0 / (dimensions + outputs)), Axis.OUT, wide),
        Tensor.zeros("b", Axis.OUT));
  }

  /** Labels count from 1, so that a place that is 0 is free. */
  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return Remembered.tensors(remembered);
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return 0;
  }

  /** Keys and values of the remembered rows; as much room again, then that of a row's hops. */
  private float[] remembered(final Work work, final int known) {
    final int d = work.inputs();
    final int each = known * dimensions;
    final float[] kept =
        work.scratch(4 * each + (hops + 1) * (known + 2 * dimensions) + known + 2 * dimensions);
    final Products products = work.products();
    final float[] memory = work.memory();
    products.timesTransposed(
        known, dimensions, d, memory, 0, work.theta(), work.at("key"), false, kept, 0);
    products.timesTransposed(
        known, dimensions, d, memory, 0, work.theta(), work.at("value"), false, kept, each);
    for (int j = 0; j < known; j++) {
      final int of = work.at("class") + Remembered.label(work, j) % CLASSES * dimensions;
      Film.add(work.theta(), of, dimensions, kept, each + j * dimensions);
    }
    return kept;
  }

  /** Makes a row's hops: of each the query, the attention, and what it brings. */
  private void hop(
      final Work work, final float[] x, final int row, final int known, final float[] kept) {
    final int d = work.inputs();
    final int size = known + 2 * dimensions;
    int at = 4 * known * dimensions;
    for (int k = 0; k < dimensions; k++) {
      float sum = 0;
      for (int i = 0; i < d; i++) {
        sum += work.theta()[k * d + i] * x[row * d + i];
      }
      kept[at + k] = sum;
    }
    final float scale = (float) (1 / Math.sqrt(dimensions));
    for (int h = 0; h < hops; h++, at += size) {
      final int attention = at + dimensions;
      final int brought = attention + known;
      for (int j = 0; j < known; j++) {
        kept[attention + j] = scale * dot(kept, at, kept, j * dimensions);
      }
      FloatMath.softmax(kept, attention, known);
      for (int k = 0; k < dimensions; k++) {
        float sum = 0;
        for (int j = 0; j < known; j++) {
          sum += kept[attention + j] * kept[(known + j) * dimensions + k];
        }
        kept[brought + k] = sum;
        kept[at + size + k] = kept[at + k] + sum;
      }
    }
  }

  private float dot(final float[] a, final int from, final float[] b, final int at) {
    float dot = 0;
    for (int k = 0; k < dimensions; k++) {
      dot += a[from + k] * b[at + k];
    }
    return dot;
  }

  /** Where what the last hop brought lies; the query that it asked with is before it. */
  private int last(final int known) {
    return 4 * known * dimensions + (hops - 1) * (known + 2 * dimensions);
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final int known = Remembered.count(work, remembered);
    final float[] kept = remembered(work, known);
    final int query = last(known);
    final int brought = query + dimensions + known;
    for (int r = 0; r < rows; r++) {
      hop(work, x, r, known, kept);
      for (int j = 0; j < c; j++) {
        out[r * c + j] =
            work.theta()[work.at("b") + j]
                + dot(work.theta(), work.at("w") + j * dimensions, kept, brought)
                + dot(work.theta(), work.at("u") + j * dimensions, kept, query);
      }
    }
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int known = Remembered.count(work, remembered);
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    Arrays.fill(gradient, 0, work.at("b") + c, 0);
    OwnLoss.noGradient(inputGradient, rows * d);
    final float[] kept = remembered(work, known);
    final int each = known * dimensions;
    Arrays.fill(kept, 2 * each, 4 * each, 0);
    final int query = last(known);
    final int brought = query + dimensions + known;
    // Behind all hops: the gradients of a query, of the attention, and of what was brought.
    final int room = 4 * each + (hops + 1) * (known + 2 * dimensions);
    for (int r = 0; r < rows; r++) {
      hop(work, x, r, known, kept);
      Arrays.fill(kept, room, room + known + 2 * dimensions, 0);
      for (int j = 0; j < c; j++) {
        final float g = outGradient[r * c + j];
        gradient[work.at("b") + j] += g;
        final int w = work.at("w") + j * dimensions;
        final int u = work.at("u") + j * dimensions;
        for (int k = 0; k < dimensions; k++) {
          gradient[w + k] += g * kept[brought + k];
          gradient[u + k] += g * kept[query + k];
          kept[room + dimensions + known + k] += g * theta[w + k];
          kept[room + k] += g * theta[u + k];
        }
      }
      throughHops(known, kept, room);
      for (int k = 0; k < dimensions; k++) {
        final float g = kept[room + k];
        for (int i = 0; i < d; i++) {
          gradient[k * d + i] += g * x[r * d + i];
          if (inputGradient != null) {
            inputGradient[r * d + i] += g * theta[k * d + i];
          }
        }
      }
    }
    final Products products = work.products();
    final float[] memory = work.memory();
    if (known > 0) {
      products.transposedTimes(
          dimensions, d, known, kept, 2 * each, memory, 0, gradient, work.at("key"));
      products.transposedTimes(
          dimensions, d, known, kept, 3 * each, memory, 0, gradient, work.at("value"));
    }
    for (int j = 0; j < known; j++) {
      final int of = work.at("class") + Remembered.label(work, j) % CLASSES * dimensions;
      Film.add(kept, 3 * each + j * dimensions, dimensions, gradient, of);
    }
    for (int r = 0; r < rows; r++) {
      Remembered.add(work, x, r, labels[r], remembered);
    }
  }

  /** From the last hop to the first; leaves the gradient of the first query. */
  private void throughHops(final int known, final float[] kept, final int room) {
    final int each = known * dimensions;
    final int size = known + 2 * dimensions;
    final float scale = (float) (1 / Math.sqrt(dimensions));
    final int ofAttention = room + dimensions;
    final int ofBrought = ofAttention + known;
    for (int h = hops - 1; h >= 0; h--) {
      final int at = 4 * each + h * size;
      final int attention = at + dimensions;
      float mean = 0;
      for (int j = 0; j < known; j++) {
        kept[ofAttention + j] = dot(kept, ofBrought, kept, each + j * dimensions);
        mean += kept[ofAttention + j] * kept[attention + j];
        for (int k = 0; k < dimensions; k++) {
          kept[3 * each + j * dimensions + k] += kept[attention + j] * kept[ofBrought + k];
        }
      }
      for (int j = 0; j < known; j++) {
        final float g = scale * kept[attention + j] * (kept[ofAttention + j] - mean);
        for (int k = 0; k < dimensions; k++) {
          kept[room + k] += g * kept[j * dimensions + k];
          kept[2 * each + j * dimensions + k] += g * kept[at + k];
        }
      }
      // The query of a hop is that of the one before it plus what that one brought.
      System.arraycopy(kept, room, kept, ofBrought, dimensions);
    }
  }

  @Override
  public String text() {
    return "attention(" + remembered + "," + dimensions + "," + hops + ")";
  }
}
