package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Adam;
import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.GateSpec;
import java.util.Arrays;

/**
 * The gate's arithmetic between its logits and the experts' weights, one row at a time: affinities,
 * choice and weights, and the gradient back to the logits. See {@link GateSpec} for the formulas'
 * sources.
 */
public final class Gate {
  private final GateSpec.Kind kind;
  private final int experts;
  private final int chosen;
  private final double balanceWeight;
  private final double balanceWindow;

  /** Gradient of the loss with respect to one row's affinities. */
  private final float[] gradient;

  /** Balance loss per unit of normalised affinity, for each expert. */
  private final float[] balance;

  private final boolean[] taken;

  public Gate(final DenseMoeSpec spec) {
    kind = spec.gate().kind();
    experts = spec.experts();
    chosen = spec.chosenPerRow();
    balanceWeight = spec.gate().balanceWeight();
    balanceWindow = spec.gate().balanceWindow();
    gradient = new float[experts];
    balance = new float[experts];
    taken = new boolean[experts];
  }

  /** Whether the weights are divided by their sum over the chosen experts. */
  private boolean normalised() {
    return kind == GateSpec.Kind.SIGMOID || (kind == GateSpec.Kind.TOP_K && chosen > 1);
  }

  /**
   * Chooses the experts of one row.
   *
   * @param row of the matrices below
   * @param logits shape [B][E], replaced by the affinities
   * @param choice receives the experts, shape [B][k], largest affinity first, the lower index among
   *     equals; with all experts chosen, in their own order
   * @param weight receives their weights, shape [B][k]
   */
  public void choose(
      final int row, final float[] logits, final int[] choice, final float[] weight) {
    final int from = row * experts;
    if (kind == GateSpec.Kind.SIGMOID) {
      for (int e = from; e < from + experts; e++) {
        logits[e] = (float) (1 / (1 + StrictMath.exp(-logits[e])));
      }
    } else {
      softmax(logits, from, experts);
    }
    final int first = row * chosen;
    if (chosen == experts) {
      for (int j = 0; j < chosen; j++) {
        choice[first + j] = j;
      }
    } else {
      Arrays.fill(taken, false);
      for (int j = first; j < first + chosen; j++) {
        choice[j] = largestLeft(logits, from);
      }
    }
    final float sum = normalised() ? chosenSum(row, logits, choice) : 1;
    for (int j = first; j < first + chosen; j++) {
      weight[j] = logits[from + choice[j]] / sum;
    }
  }

  private int largestLeft(final float[] affinity, final int from) {
    int best = -1;
    for (int e = 0; e < experts; e++) {
      if (!taken[e] && (best < 0 || affinity[from + e] > affinity[from + best])) {
        best = e;
      }
    }
    taken[best] = true;
    return best;
  }

  private float chosenSum(final int row, final float[] affinity, final int[] choice) {
    float sum = 0;
    for (int j = row * chosen; j < (row + 1) * chosen; j++) {
      sum += affinity[row * experts + choice[j]];
    }
    // Sigmoids of very negative logits can all be 0.
    return Math.max(sum, Float.MIN_NORMAL);
  }

  /**
   * Takes the labelled rows' choices into the window and prepares the balance loss.
   *
   * @param rows labelled rows of this batch, the first ones
   * @param choice as {@link #choose} left it
   * @param window choices per expert, shape [E]
   */
  public void count(final int rows, final int[] choice, final float[] window) {
    final float keep = (float) StrictMath.exp(-rows / balanceWindow);
    for (int e = 0; e < experts; e++) {
      window[e] = (keep * window[e] + Adam.FLUSH) - Adam.FLUSH;
    }
    for (int j = 0; j < rows * chosen; j++) {
      window[choice[j]]++;
    }
    float sum = 0;
    for (final float count : window) {
      sum += count;
    }
    final float factor = (float) (balanceWeight * experts / rows) / sum;
    for (int e = 0; e < experts; e++) {
      balance[e] = factor * window[e];
    }
  }

  /**
   * Gradient of one labelled row's logits: cross-entropy through the weights, and balance loss.
   *
   * @param row of the matrices below
   * @param affinity shape [B][E], replaced by the gradient
   * @param choice as {@link #choose} left it
   * @param weight as {@link #choose} left it
   * @param weightGradient gradient with respect to the weights, shape [B][k]
   */
  public void backward(
      final int row,
      final float[] affinity,
      final int[] choice,
      final float[] weight,
      final float[] weightGradient) {
    final int first = row * chosen;
    float inner = 0;
    float sum = 1;
    if (normalised()) {
      sum = chosenSum(row, affinity, choice);
      for (int j = first; j < first + chosen; j++) {
        inner += weight[j] * weightGradient[j];
      }
    }
    final int from = row * experts;
    balanceGradient(affinity, from);
    for (int j = first; j < first + chosen; j++) {
      gradient[choice[j]] += (weightGradient[j] - inner) / sum;
    }
    if (kind == GateSpec.Kind.SIGMOID) {
      for (int e = 0; e < experts; e++) {
        final float a = affinity[from + e];
        affinity[from + e] = gradient[e] * a * (1 - a);
      }
      return;
    }
    float mean = 0;
    for (int e = 0; e < experts; e++) {
      mean += gradient[e] * affinity[from + e];
    }
    for (int e = 0; e < experts; e++) {
      affinity[from + e] *= gradient[e] - mean;
    }
  }

  /** Begins the row's gradient with that of the balance loss over normalised affinities. */
  private void balanceGradient(final float[] affinity, final int from) {
    if (balanceWeight == 0) {
      Arrays.fill(gradient, 0);
      return;
    }
    if (kind != GateSpec.Kind.SIGMOID) {
      System.arraycopy(balance, 0, gradient, 0, experts);
      return;
    }
    float sum = 0;
    float inner = 0;
    for (int e = 0; e < experts; e++) {
      sum += affinity[from + e];
      inner += affinity[from + e] * balance[e];
    }
    sum = Math.max(sum, Float.MIN_NORMAL);
    for (int e = 0; e < experts; e++) {
      gradient[e] = (balance[e] - inner / sum) / sum;
    }
  }

  /** Replaces a stretch of logits by their softmax. */
  public static void softmax(final float[] values, final int from, final int length) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + length; i++) {
      largest = Math.max(largest, values[i]);
    }
    float sum = 0;
    for (int i = from; i < from + length; i++) {
      values[i] = (float) StrictMath.exp(values[i] - largest);
      sum += values[i];
    }
    for (int i = from; i < from + length; i++) {
      values[i] /= sum;
    }
  }
}
