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
 * Each expert takes from a row the patches of inputs that it rates best, and sees nothing else:
 * {@code sum_j g_j W2 relu(W1 x_j + b1) + b2} over those patches, with g the softmax of their rates
 * (pMoE, Chowdhury et al. 2023, "Patch-level Routing in Mixture-of-Experts is Provably
 * Sample-efficient for Convolutional Neural Networks", section 3: expert and rate are the same for
 * all patches, as in a convolution). A patch is so many inputs one after another; one of zeros
 * alone is never taken, so that inputs that are added change nothing.
 *
 * @param size inputs of a patch
 * @param taken patches of a row
 * @param hidden units
 */
public record Patches(int size, int taken, int hidden) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "patches",
          "Sees those patches of the inputs that it rates best.",
          List.of(
              new Option("size", "4", "Inputs of a patch, one after another, 1 to 65536."),
              new Option("taken", "2", "Patches that are taken of a row, 1 to 1024."),
              new Option("hidden", "32", "Hidden units, 1 to 65536.")),
          options ->
              new Patches(
                  options.integer("size", 1, 65_536),
                  options.integer("taken", 1, 1024),
                  options.integer("hidden", 1, 65_536)));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("rate", Math.sqrt(3.0 / size), Axis.of(size)),
        Tensor.of("w1", Math.sqrt(6.0 / size), Axis.units(hidden), Axis.of(size)),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", Math.sqrt(6.0 / (hidden + outputs)), Axis.OUT, Axis.units(hidden)),
        Tensor.zeros("b2", Axis.OUT));
  }

  /** Of each patch taken: where it begins, or -1; its weight; its units. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return taken * (2 + hidden);
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] kept = work.tape();
    for (int r = 0; r < rows; r++) {
      final int at = r * taken * (2 + hidden);
      take(work, x, r, at);
      System.arraycopy(theta, work.at("b2"), out, r * c, c);
      for (int t = 0; t < taken && kept[at + t] >= 0; t++) {
        final int patch = r * work.inputs() + (int) kept[at + t];
        final int units = at + 2 * taken + t * hidden;
        for (int u = 0; u < hidden; u++) {
          float sum = theta[work.at("b1") + u];
          for (int i = 0; i < length(work, (int) kept[at + t]); i++) {
            sum += theta[work.at("w1") + u * size + i] * x[patch + i];
          }
          kept[units + u] = Math.max(0, sum);
        }
        for (int j = 0; j < c; j++) {
          float sum = 0;
          for (int u = 0; u < hidden; u++) {
            sum += theta[work.at("w2") + j * hidden + u] * kept[units + u];
          }
          out[r * c + j] += kept[at + taken + t] * sum;
        }
      }
    }
  }

  /** The last patch may be shorter than the others. */
  private int length(final Work work, final int from) {
    return Math.min(size, work.inputs() - from);
  }

  /** Finds the patches of the largest rates, and their weights. */
  private void take(final Work work, final float[] x, final int row, final int at) {
    final float[] kept = work.tape();
    int found = 0;
    for (int from = 0; from < work.inputs(); from += size) {
      float rate = 0;
      boolean empty = true;
      for (int i = 0; i < length(work, from); i++) {
        final float value = x[row * work.inputs() + from + i];
        rate += work.theta()[i] * value;
        empty &= value == 0;
      }
      if (empty || (found == taken && rate <= kept[at + taken + found - 1])) {
        continue;
      }
      int place = found < taken ? found++ : taken - 1;
      for (; place > 0 && kept[at + taken + place - 1] < rate; place--) {
        kept[at + place] = kept[at + place - 1];
        kept[at + taken + place] = kept[at + taken + place - 1];
      }
      kept[at + place] = from;
      kept[at + taken + place] = rate;
    }
    FloatMath.softmax(kept, at + taken, found);
    if (found < taken) {
      kept[at + found] = -1;
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
    final float[] gradient = work.gradient();
    Arrays.fill(gradient, 0, work.at("b2") + c, 0);
    OwnLoss.noGradient(inputGradient, rows * work.inputs());
    final float[] inner = work.scratch(taken);
    for (int r = 0; r < rows; r++) {
      final int at = r * taken * (2 + hidden);
      for (int j = 0; j < c; j++) {
        gradient[work.at("b2") + j] += outGradient[r * c + j];
      }
      float mean = 0;
      int count = 0;
      for (; count < taken && work.tape()[at + count] >= 0; count++) {
        inner[count] = throughPatch(work, x, r, at, count, outGradient, inputGradient);
        mean += inner[count] * work.tape()[at + taken + count];
      }
      for (int t = 0; t < count; t++) {
        final float g = work.tape()[at + taken + t] * (inner[t] - mean);
        final int from = (int) work.tape()[at + t];
        final int patch = r * work.inputs() + from;
        for (int i = 0; i < length(work, from); i++) {
          gradient[i] += g * x[patch + i];
          if (inputGradient != null) {
            inputGradient[patch + i] += g * work.theta()[i];
          }
        }
      }
    }
  }

  /** Returns the inner product of what is said of the patch and the gradient. */
  private float throughPatch(
      final Work work,
      final float[] x,
      final int row,
      final int at,
      final int t,
      final float[] g,
      final float[] inputGradient) {
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final int from = (int) work.tape()[at + t];
    final int patch = row * work.inputs() + from;
    final float weight = work.tape()[at + taken + t];
    float inner = 0;
    for (int u = 0; u < hidden; u++) {
      final float unit = work.tape()[at + 2 * taken + t * hidden + u];
      float sum = 0;
      for (int j = 0; j < c; j++) {
        final int w = work.at("w2") + j * hidden + u;
        sum += g[row * c + j] * theta[w];
        gradient[w] += weight * g[row * c + j] * unit;
      }
      inner += sum * unit;
      if (unit <= 0) {
        continue;
      }
      gradient[work.at("b1") + u] += weight * sum;
      for (int i = 0; i < length(work, from); i++) {
        final int w = work.at("w1") + u * size + i;
        gradient[w] += weight * sum * x[patch + i];
        if (inputGradient != null) {
          inputGradient[patch + i] += weight * sum * theta[w];
        }
      }
    }
    return inner;
  }

  @Override
  public String text() {
    return "patches(" + size + "," + taken + "," + hidden + ")";
  }
}
