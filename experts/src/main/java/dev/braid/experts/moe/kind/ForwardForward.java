package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Two layers of ReLU units that each learn to have large units where the row comes with its class
 * and small ones where it comes with another (forward-forward, Hinton 2022, section 2): the class
 * is an input, the goodness of a layer is the mean square of its units, and the second layer sees
 * the first one's units by their direction alone. Answering tries every class: the logits are the
 * goodnesses. The wrong class that a row is shown with is the one that seems best, a hard negative
 * (section 3.3). With collaboration each layer's loss sees the goodness of both, that of the other
 * as a constant (Lorberbom et al. 2023, "Layer Collaboration in the Forward-Forward Algorithm",
 * section 3).
 *
 * @param hidden units of each layer
 * @param collaborate whether a layer's loss sees the other's goodness
 */
public record ForwardForward(int hidden, boolean collaborate) implements Kind {
  /** Of a layer's goodness, in mean squares. */
  private static final float SCALE = 4;

  /** Goodness of a layer that is neither. */
  private static final float THRESHOLD = 2;

  private static final float LEAST = 1e-4f;

  static final Word<Kind> WORD =
      new Word<>(
          "forward-forward",
          "Two layers that learn to be large where the row comes with its class and small where it"
              + " comes with another.",
          List.of(
              new Option("hidden", "16", "Units of each layer, 1 to 65536."),
              new Option("collaborate", "false", "Whether a layer sees the other's goodness.")),
          options ->
              new ForwardForward(
                  options.integer("hidden", 1, 65_536), options.flag("collaborate")));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double limit = Math.sqrt(6.0 / (inputs + 1));
    return List.of(
        Tensor.of("w1", limit, Axis.units(hidden), Axis.IN),
        Tensor.of("class", limit, Axis.OUT, Axis.units(hidden)),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", Math.sqrt(6.0 / hidden), Axis.of(hidden), Axis.units(hidden)),
        Tensor.zeros("b2", Axis.of(hidden)));
  }

  /** The logits. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return outputs;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    // What the row gives to the first layer, both layers, and the direction of the first.
    final float[] scratch = work.scratch(4 * hidden);
    for (int r = 0; r < rows; r++) {
      ofRow(work, x, r, scratch);
      for (int j = 0; j < c; j++) {
        out[r * c + j] = first(work, j, scratch) + second(work, scratch);
        work.tape()[r * c + j] = out[r * c + j];
      }
    }
  }

  private void ofRow(final Work work, final float[] x, final int row, final float[] scratch) {
    final int d = work.inputs();
    for (int u = 0; u < hidden; u++) {
      float sum = work.theta()[work.at("b1") + u];
      for (int i = 0; i < d; i++) {
        sum += work.theta()[u * d + i] * x[row * d + i];
      }
      scratch[u] = sum;
    }
  }

  /** Makes the first layer's units, and their direction; returns its goodness. */
  private float first(final Work work, final int label, final float[] scratch) {
    final int at = work.at("class") + label * hidden;
    float squares = 0;
    for (int u = 0; u < hidden; u++) {
      final float unit = Math.max(0, scratch[u] + work.theta()[at + u]);
      scratch[hidden + u] = unit;
      squares += unit * unit;
    }
    final float mean = squares / hidden;
    final float inverse = (float) (1 / Math.sqrt(mean + LEAST));
    for (int u = 0; u < hidden; u++) {
      scratch[3 * hidden + u] = scratch[hidden + u] * inverse;
    }
    return SCALE * mean;
  }

  /** Makes the second layer's units; returns its goodness. */
  private float second(final Work work, final float[] scratch) {
    final int w2 = work.at("w2");
    float squares = 0;
    for (int v = 0; v < hidden; v++) {
      float sum = work.theta()[work.at("b2") + v];
      for (int u = 0; u < hidden; u++) {
        sum += work.theta()[w2 + v * hidden + u] * scratch[3 * hidden + u];
      }
      scratch[2 * hidden + v] = Math.max(0, sum);
      squares += scratch[2 * hidden + v] * scratch[2 * hidden + v];
    }
    return SCALE * squares / hidden;
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
    Arrays.fill(work.gradient(), 0, work.at("b2") + hidden, 0);
    final float[] scratch = work.scratch(4 * hidden);
    for (int r = 0; r < rows; r++) {
      int wrong = labels[r] == 0 ? 1 : 0;
      for (int j = 0; j < c; j++) {
        if (j != labels[r] && work.tape()[r * c + j] > work.tape()[r * c + wrong]) {
          wrong = j;
        }
      }
      ofRow(work, x, r, scratch);
      show(work, x, r, labels[r], -1f / rows, scratch);
      show(work, x, r, wrong, 1f / rows, scratch);
    }
    OwnLoss.noGradient(inputGradient, rows * work.inputs());
  }

  /** A row with a class, whose goodness is to fall or, where the factor is below 0, to rise. */
  private void show(
      final Work work,
      final float[] x,
      final int row,
      final int label,
      final float factor,
      final float[] scratch) {
    final int d = work.inputs();
    final float[] gradient = work.gradient();
    final float first = first(work, label, scratch);
    final float second = second(work, scratch);
    final float ofFirst = factor * slope(first, second, factor) * 2 * SCALE / hidden;
    final float ofSecond = factor * slope(second, first, factor) * 2 * SCALE / hidden;
    for (int u = 0; u < hidden; u++) {
      final float g = ofFirst * scratch[hidden + u];
      gradient[work.at("b1") + u] += g;
      gradient[work.at("class") + label * hidden + u] += g;
      for (int i = 0; i < d; i++) {
        gradient[u * d + i] += g * x[row * d + i];
      }
      final float h = ofSecond * scratch[2 * hidden + u];
      gradient[work.at("b2") + u] += h;
      for (int v = 0; v < hidden; v++) {
        gradient[work.at("w2") + u * hidden + v] += h * scratch[3 * hidden + v];
      }
    }
  }

  /** How sure the layer is of the wrong: the logistic function of how far it is beyond. */
  private float slope(final float own, final float other, final float factor) {
    final float beyond = collaborate ? own + other - 2 * THRESHOLD : own - THRESHOLD;
    return FloatMath.sigmoid(factor > 0 ? beyond : -beyond);
  }

  @Override
  public String text() {
    return "forward-forward(" + hidden + "," + collaborate + ")";
  }
}
