package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Answers by how near the row is to each of a few prototypes, which are rows themselves: with s the
 * squared distance, a prototype is as active as {@code exp(-s / scale)}, and the logits are linear
 * in that, so that each answer is explained by the rows it is like (Proto-Trex, Friedrich et al.
 * 2021, "Interactively Providing Explanations for Transformer Language Models", section 3).
 * Prototypes learn by gradient, and are drawn to the rows that they are nearest to, the paper's
 * loss that keeps them what can be shown.
 *
 * @param prototypes 1 or more
 * @param pull factor of the mean squared distance between rows and their nearest prototype
 */
public record Prototype(int prototypes, double pull) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "prototype",
          "Logits that are linear in how near the row is to each of a few learned rows.",
          List.of(
              new Option("prototypes", "16", "How many rows, 1 to 65536."),
              new Option("pull", "0.01", "How much they are drawn to rows, 0 to 100.")),
          options ->
              new Prototype(
                  options.integer("prototypes", 1, 65_536), options.real("pull", 0, 100)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("rows", 1, Axis.units(prototypes), Axis.IN),
        Tensor.of("w", Math.sqrt(6.0 / (prototypes + outputs)), Axis.OUT, Axis.units(prototypes)),
        Tensor.zeros("b", Axis.OUT),
        Tensor.zeros("scale", Axis.of(1)));
  }

  /** How active each prototype is, then its squared distance. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return 2 * prototypes;
  }

  /** Begins at 4, so that it does not change with the number of inputs. */
  private static float scale(final Work work) {
    return (float) (4 * StrictMath.exp(work.theta()[work.at("scale")]));
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int d = work.inputs();
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] kept = work.tape();
    final float scale = scale(work);
    for (int r = 0; r < rows; r++) {
      final int at = 2 * r * prototypes;
      for (int p = 0; p < prototypes; p++) {
        float squares = 0;
        for (int i = 0; i < d; i++) {
          final float difference = x[r * d + i] - theta[p * d + i];
          squares += difference * difference;
        }
        kept[at + p] = (float) StrictMath.exp(-squares / scale);
        kept[at + prototypes + p] = squares;
      }
      for (int j = 0; j < c; j++) {
        float sum = theta[work.at("b") + j];
        for (int p = 0; p < prototypes; p++) {
          sum += theta[work.at("w") + j * prototypes + p] * kept[at + p];
        }
        out[r * c + j] = sum;
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
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final float[] kept = work.tape();
    final float scale = scale(work);
    Arrays.fill(gradient, 0, work.at("scale") + 1, 0);
    OwnLoss.noGradient(inputGradient, rows * d);
    for (int r = 0; r < rows; r++) {
      final int at = 2 * r * prototypes;
      int nearest = 0;
      for (int j = 0; j < c; j++) {
        gradient[work.at("b") + j] += outGradient[r * c + j];
      }
      for (int p = 0; p < prototypes; p++) {
        nearest = kept[at + prototypes + p] < kept[at + prototypes + nearest] ? p : nearest;
        float active = 0;
        for (int j = 0; j < c; j++) {
          final int w = work.at("w") + j * prototypes + p;
          gradient[w] += outGradient[r * c + j] * kept[at + p];
          active += outGradient[r * c + j] * theta[w];
        }
        final float squares = kept[at + prototypes + p];
        final float slope = -active * kept[at + p] / scale;
        gradient[work.at("scale")] -= slope * squares;
        throughDistance(work, x, r, p, slope, inputGradient);
      }
      // The loss that draws them is the prototypes' own: nothing of it goes to the inputs.
      throughDistance(work, x, r, nearest, (float) (pull / rows), null);
    }
  }

  private static void throughDistance(
      final Work work,
      final float[] x,
      final int row,
      final int prototype,
      final float slope,
      final float[] inputGradient) {
    final int d = work.inputs();
    for (int i = 0; slope != 0 && i < d; i++) {
      final float g = 2 * slope * (x[row * d + i] - work.theta()[prototype * d + i]);
      work.gradient()[prototype * d + i] -= g;
      if (inputGradient != null) {
        inputGradient[row * d + i] += g;
      }
    }
  }

  @Override
  public String text() {
    return "prototype(" + prototypes + "," + pull + ")";
  }
}
