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
 * An embedding in which rows of one class are near each other, learned from triplets: a row,
 * another of its class and one of another class, of the rows it has in the step; the loss is the
 * square of the softmax of the two distances at the wrong one (Hoffer and Ailon 2015, "Deep metric
 * learning using Triplet network", section 3.2). The logits are minus the squared distances to the
 * means of the classes' embeddings.
 *
 * @param hidden units
 * @param dimensions of the embedding
 * @param window rows of a class that its mean is of, about
 */
public record Triplet(int hidden, int dimensions, int window) implements Kind {
  /** Logit of a class of which no row was embedded yet. */
  private static final float UNKNOWN = -30;

  private static final float LEAST = 1e-6f;

  static final Word<Kind> WORD =
      new Word<>(
          "triplet",
          "An embedding learned from triplets of rows, and the nearest class mean in it.",
          List.of(
              new Option("hidden", "32", "Hidden units, 1 to 65536."),
              new Option("dimensions", "8", "Of the embedding, 1 to 1024."),
              new Option("window", "200", "Rows of a class that its mean is of, 1 or more.")),
          options ->
              new Triplet(
                  options.integer("hidden", 1, 65_536),
                  options.integer("dimensions", 1, 1024),
                  options.integer("window", 1, 1 << 24)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double limit = Math.sqrt(6.0 / (hidden + dimensions));
    return List.of(
        Tensor.of("w1", Math.sqrt(6.0 / inputs), Axis.units(hidden), Axis.IN),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", limit, Axis.of(dimensions), Axis.units(hidden)),
        Tensor.zeros("b2", Axis.of(dimensions)));
  }

  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return List.of(
        Tensor.zeros("means", Axis.OUT, Axis.of(dimensions)), Tensor.zeros("rows", Axis.OUT));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final float[] embedded = embed(work, x, rows, rows * dimensions);
    final float[] memory = work.memory();
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < c; j++) {
        final boolean known = memory[work.memoryAt("rows") + j] > 0;
        final float squares = squares(embedded, r * dimensions, memory, j * dimensions);
        out[r * c + j] = known ? Math.max(UNKNOWN, -squares) : UNKNOWN;
      }
    }
  }

  /** The rows' embeddings at the front of so many floats of scratch memory. */
  private float[] embed(final Work work, final float[] x, final int rows, final int room) {
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    products.affine(rows, hidden, work.inputs(), x, theta, 0, work.at("b1"), units);
    Mlp.rectify(units, rows * hidden);
    final float[] embedded = work.scratch(room);
    products.affine(rows, dimensions, hidden, units, theta, work.at("w2"), work.at("b2"), embedded);
    return embedded;
  }

  private float squares(final float[] a, final int from, final float[] b, final int at) {
    float squares = 0;
    for (int k = 0; k < dimensions; k++) {
      final float difference = a[from + k] - b[at + k];
      squares += difference * difference;
    }
    return squares;
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int size = rows * dimensions;
    final float[] embedded = embed(work, x, rows, 2 * size + rows * hidden);
    Arrays.fill(embedded, size, 2 * size, 0);
    for (int r = 0; r < rows; r++) {
      final int alike = next(labels, rows, r, true);
      final int other = next(labels, rows, r, false);
      if (alike != r && other != r) {
        triplet(embedded, size, r, alike, other, 1f / rows);
      }
    }
    final Products products = work.products();
    final float[] gradient = work.gradient();
    final int w2 = work.at("w2");
    products.transposedTimes(
        dimensions, hidden, rows, embedded, size, work.tape(), 0, gradient, w2);
    products.columnSums(rows, dimensions, embedded, size, gradient, work.at("b2"));
    products.times(rows, hidden, dimensions, embedded, size, work.theta(), w2, embedded, 2 * size);
    OwnLoss.mask(embedded, 2 * size, work.tape(), rows * hidden);
    products.transposedTimes(hidden, work.inputs(), rows, embedded, 2 * size, x, 0, gradient, 0);
    products.columnSums(rows, hidden, embedded, 2 * size, gradient, work.at("b1"));
    for (int r = 0; r < rows; r++) {
      follow(work, embedded, r * dimensions, labels[r]);
    }
    OwnLoss.noGradient(inputGradient, rows * work.inputs());
  }

  /** The next row of the same class, or of another; the row itself where there is none. */
  private static int next(
      final int[] labels, final int rows, final int row, final boolean sameClass) {
    for (int i = 1; i < rows; i++) {
      final int other = (row + i) % rows;
      if (labels[other] == labels[row] == sameClass) {
        return other;
      }
    }
    return row;
  }

  /** Adds the gradient of one triplet's loss behind the embeddings. */
  private void triplet(
      final float[] embedded,
      final int gradients,
      final int row,
      final int alike,
      final int other,
      final float factor) {
    final int a = row * dimensions;
    final int p = alike * dimensions;
    final int n = other * dimensions;
    final float near = (float) Math.sqrt(LEAST + squares(embedded, a, embedded, p));
    final float far = (float) Math.sqrt(LEAST + squares(embedded, a, embedded, n));
    final float wrong = FloatMath.sigmoid(near - far);
    final float slope = factor * 2 * wrong * wrong * (1 - wrong);
    for (int k = 0; k < dimensions; k++) {
      final float toAlike = slope * (embedded[a + k] - embedded[p + k]) / near;
      final float toOther = slope * (embedded[a + k] - embedded[n + k]) / far;
      embedded[gradients + a + k] += toAlike - toOther;
      embedded[gradients + p + k] -= toAlike;
      embedded[gradients + n + k] += toOther;
    }
  }

  private void follow(final Work work, final float[] embedded, final int from, final int label) {
    final float[] memory = work.memory();
    final int rows = work.memoryAt("rows") + label;
    memory[rows] = Math.min(window, memory[rows] + 1);
    for (int k = 0; k < dimensions; k++) {
      final int at = label * dimensions + k;
      memory[at] += (embedded[from + k] - memory[at]) / memory[rows];
    }
  }

  @Override
  public String text() {
    return "triplet(" + hidden + "," + dimensions + "," + window + ")";
  }
}
