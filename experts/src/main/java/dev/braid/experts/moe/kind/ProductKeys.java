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
 * A memory of n times n values, found by product keys: a query in two halves meets n keys with
 * each, the best of each half are paired, and the best pairs' values are added by the softmax of
 * their scores (Lample et al. 2019, section 3.2; Csordas et al. 2023, "Approximating Two-Layer
 * Feedforward Networks for Efficient Transformers", section 3.2: such a memory in place of a net's
 * hidden layer).
 *
 * @param keys n, of each half
 * @param dimensions of each half of a query
 * @param chosen pairs of a row
 */
public record ProductKeys(int keys, int dimensions, int chosen) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "product-keys",
          "A memory of as many values as there are pairs of keys; the best pairs answer.",
          List.of(
              new Option(
                  "keys", "16", "Of each half, 1 to 1024; there are as many values squared."),
              new Option("dimensions", "8", "Of each half of a query, 1 to 1024."),
              new Option("chosen", "4", "Values that answer a row, 1 to 32.")),
          options -> {
            final ProductKeys memory =
                new ProductKeys(
                    options.integer("keys", 1, 1024),
                    options.integer("dimensions", 1, 1024),
                    options.integer("chosen", 1, 32));
            if (memory.chosen > memory.keys) {
              throw options.bad("chosen", "no more than the keys of a half");
            }
            return memory;
          });

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double unit = Math.sqrt(3.0 / dimensions);
    return List.of(
        Tensor.of("query", Math.sqrt(3.0 / inputs), Axis.of(2 * dimensions), Axis.IN),
        Tensor.of("keys", unit, Axis.of(2 * keys), Axis.of(dimensions)),
        Tensor.of("values", 0.5, Axis.of(keys * keys), Axis.OUT));
  }

  /** Of each pair that is chosen its index and its weight. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return 2 * chosen;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final float[] kept = work.tape();
    final float[] scratch = work.scratch(room());
    for (int r = 0; r < rows; r++) {
      choose(work, x, r, scratch);
      Arrays.fill(out, r * c, (r + 1) * c, 0);
      for (int p = 0; p < chosen; p++) {
        final int value = work.at("values") + c * (int) kept[2 * r * chosen + p];
        for (int j = 0; j < c; j++) {
          out[r * c + j] += kept[(2 * r + 1) * chosen + p] * work.theta()[value + j];
        }
      }
    }
  }

  /** The query, its gradient, the scores of all keys, the best of both halves. */
  private int room() {
    return 4 * dimensions + 2 * keys + 2 * chosen;
  }

  private void query(final Work work, final float[] x, final int row, final float[] scratch) {
    final int d = work.inputs();
    for (int k = 0; k < 2 * dimensions; k++) {
      float sum = 0;
      for (int i = 0; i < d; i++) {
        sum += work.theta()[k * d + i] * x[row * d + i];
      }
      scratch[k] = sum;
    }
  }

  /** Leaves a row's pairs and their weights on the tape. */
  private void choose(final Work work, final float[] x, final int row, final float[] scratch) {
    query(work, x, row, scratch);
    final int scores = 4 * dimensions;
    final int best = scores + 2 * keys;
    for (int key = 0; key < 2 * keys; key++) {
      final int half = key < keys ? 0 : dimensions;
      float sum = 0;
      for (int k = 0; k < dimensions; k++) {
        sum += scratch[half + k] * work.theta()[work.at("keys") + key * dimensions + k];
      }
      scratch[scores + key] = sum;
    }
    for (int half = 0; half < 2; half++) {
      best(scratch, scores + half * keys, best + half * chosen);
    }
    final float[] kept = work.tape();
    final int pairs = 2 * row * chosen;
    int found = 0;
    // The best pairs are among those of the best of both halves.
    for (int i = 0; i < chosen; i++) {
      for (int j = 0; j < chosen; j++) {
        final int left = (int) scratch[best + i];
        final int right = (int) scratch[best + chosen + j];
        final float score = scratch[scores + left] + scratch[scores + keys + right];
        if (found == chosen && score <= kept[pairs + 2 * chosen - 1]) {
          continue;
        }
        int place = found < chosen ? found++ : chosen - 1;
        for (; place > 0 && kept[pairs + chosen + place - 1] < score; place--) {
          kept[pairs + place] = kept[pairs + place - 1];
          kept[pairs + chosen + place] = kept[pairs + chosen + place - 1];
        }
        kept[pairs + place] = left * keys + right;
        kept[pairs + chosen + place] = score;
      }
    }
    FloatMath.softmax(kept, pairs + chosen, chosen);
  }

  /** The indices of the largest scores of a half, largest first. */
  private void best(final float[] scratch, final int scores, final int to) {
    int found = 0;
    for (int key = 0; key < keys; key++) {
      final float score = scratch[scores + key];
      if (found == chosen && score <= scratch[scores + (int) scratch[to + chosen - 1]]) {
        continue;
      }
      int place = found < chosen ? found++ : chosen - 1;
      for (; place > 0 && scratch[scores + (int) scratch[to + place - 1]] < score; place--) {
        scratch[to + place] = scratch[to + place - 1];
      }
      scratch[to + place] = key;
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
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final float[] kept = work.tape();
    Arrays.fill(gradient, 0, work.at("values") + keys * keys * c, 0);
    OwnLoss.noGradient(inputGradient, rows * d);
    final float[] scratch = work.scratch(room());
    for (int r = 0; r < rows; r++) {
      query(work, x, r, scratch);
      Arrays.fill(scratch, 2 * dimensions, 4 * dimensions, 0);
      final int pairs = 2 * r * chosen;
      float mean = 0;
      for (int p = 0; p < chosen; p++) {
        final int value = work.at("values") + c * (int) kept[pairs + p];
        final float weight = kept[pairs + chosen + p];
        float inner = 0;
        for (int j = 0; j < c; j++) {
          gradient[value + j] += weight * outGradient[r * c + j];
          inner += outGradient[r * c + j] * theta[value + j];
        }
        scratch[4 * dimensions + p] = inner;
        mean += weight * inner;
      }
      for (int p = 0; p < chosen; p++) {
        final float g = kept[pairs + chosen + p] * (scratch[4 * dimensions + p] - mean);
        final int pair = (int) kept[pairs + p];
        throughKey(work, pair / keys, 0, g, scratch);
        throughKey(work, keys + pair % keys, dimensions, g, scratch);
      }
      for (int k = 0; k < 2 * dimensions; k++) {
        final float g = scratch[2 * dimensions + k];
        for (int i = 0; g != 0 && i < d; i++) {
          gradient[k * d + i] += g * x[r * d + i];
          if (inputGradient != null) {
            inputGradient[r * d + i] += g * theta[k * d + i];
          }
        }
      }
    }
  }

  private void throughKey(
      final Work work, final int key, final int half, final float g, final float[] scratch) {
    final int at = work.at("keys") + key * dimensions;
    for (int k = 0; k < dimensions; k++) {
      work.gradient()[at + k] += g * scratch[half + k];
      scratch[2 * dimensions + half + k] += g * work.theta()[at + k];
    }
  }

  @Override
  public String text() {
    return "product-keys(" + keys + "," + dimensions + "," + chosen + ")";
  }
}
