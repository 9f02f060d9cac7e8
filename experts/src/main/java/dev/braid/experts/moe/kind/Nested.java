package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Experts inside one another: the first half of the hidden units is an expert too, and so is the
 * first half of that. All of them learn at once, each narrower one by a loss of its own, and share
 * the gate; the width that answers is chosen (MoME, Cappellazzo et al. 2025, "Mixture of Matryoshka
 * Experts", section 3; Kusupati et al. 2022, "Matryoshka Representation Learning").
 *
 * @param hidden units of the widest
 * @param levels widths, each half of the one before
 * @param level the width that answers, 0 for the widest
 */
public record Nested(int hidden, int levels, int level) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "nested",
          "Experts inside one another: the first half of the hidden units is one too.",
          List.of(
              new Option("hidden", "32", "Hidden units of the widest, 1 to 65536."),
              new Option("levels", "3", "Widths, each half of the one before, 1 to 16."),
              new Option("level", "0", "The width that answers, 0 for the widest.")),
          options -> {
            final Nested nested =
                new Nested(
                    options.integer("hidden", 1, 65_536),
                    options.integer("levels", 1, 16),
                    options.integer("level", 0, 15));
            if (nested.level >= nested.levels || nested.hidden >> (nested.levels - 1) == 0) {
              throw options.bad("levels", "more than the level, and leave a unit at the last");
            }
            return nested;
          });

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return new Mlp(hidden).tensors(inputs, outputs);
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public boolean differsWhenLearning() {
    return level > 0;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final float[] units = work.tape();
    work.products().affine(rows, hidden, work.inputs(), x, work.theta(), 0, work.at("b1"), units);
    Mlp.rectify(units, rows * hidden);
    final int width = learning ? hidden : hidden >> level;
    for (int r = 0; r < rows; r++) {
      say(work, r, width, out, r * c);
    }
  }

  private void say(
      final Work work, final int row, final int width, final float[] out, final int to) {
    for (int j = 0; j < work.outputs(); j++) {
      final int w = work.at("w2") + j * hidden;
      float sum = work.theta()[work.at("b2") + j];
      for (int u = 0; u < width; u++) {
        sum += work.theta()[w + u] * work.tape()[row * hidden + u];
      }
      out[to + j] = sum;
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
    final int c = work.outputs();
    final int d = work.inputs();
    final float[] gradient = work.gradient();
    Arrays.fill(gradient, work.at("w2"), work.at("b2") + c, 0);
    final int own = rows * hidden;
    final float[] unitGradient = work.scratch(own + rows * c);
    Arrays.fill(unitGradient, 0, own, 0);
    for (int k = levels - 1; k > 0; k--) {
      final int width = hidden >> k;
      for (int r = 0; r < rows; r++) {
        say(work, r, width, unitGradient, own + r * c);
      }
      OwnLoss.gradient(unitGradient, own, labels, rows, c);
      through(work, rows, width, unitGradient, own, unitGradient);
    }
    through(work, rows, hidden, outGradient, 0, unitGradient);
    OwnLoss.mask(unitGradient, 0, work.tape(), own);
    final Products products = work.products();
    products.transposedTimes(hidden, d, rows, unitGradient, 0, x, 0, gradient, 0);
    products.columnSums(rows, hidden, unitGradient, 0, gradient, work.at("b1"));
    if (inputGradient != null) {
      products.times(rows, d, hidden, unitGradient, 0, work.theta(), 0, inputGradient, 0);
    }
  }

  /** Adds the gradients of the output layer and the units, for a width. */
  private void through(
      final Work work,
      final int rows,
      final int width,
      final float[] g,
      final int at,
      final float[] unitGradient) {
    final int c = work.outputs();
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < c; j++) {
        final float own = g[at + r * c + j];
        final int w = work.at("w2") + j * hidden;
        work.gradient()[work.at("b2") + j] += own;
        for (int u = 0; u < width; u++) {
          work.gradient()[w + u] += own * work.tape()[r * hidden + u];
          unitGradient[r * hidden + u] += own * work.theta()[w + u];
        }
      }
    }
  }

  @Override
  public String text() {
    return "nested(" + hidden + "," + levels + "," + level + ")";
  }
}
