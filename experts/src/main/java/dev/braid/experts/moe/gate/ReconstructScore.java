package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.net.Splines;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Each expert has an autoencoder of the rows that it is sent, of two layers of splines with a
 * narrow code between them (Moradi et al. 2024, "Kolmogorov-Arnold Network Autoencoders"), and its
 * score is minus the share of a row that this fails to reconstruct, {@code |x - r|^2 / (1 +
 * |x|^2)}, times a factor, and a bias. The autoencoders learn to reconstruct, and nothing else
 * moves them; the biases learn by the gate's losses, without which whoever came first would have
 * all rows.
 *
 * @param code numbers of the code
 * @param cells of the splines' grid
 * @param sharpness the factor
 */
public record ReconstructScore(int code, int cells, double sharpness) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "reconstruct",
          "How well an autoencoder of splines, learned from each expert's rows, reconstructs the"
              + " row.",
          List.of(
              new Option("code", "2", "Numbers of the code, 1 to 1024."),
              new Option("cells", "3", "Of the splines' grid, 1 to 64."),
              new Option("sharpness", "8", "Factor of what is not reconstructed, 1e-3 to 1000.")),
          options ->
              new ReconstructScore(
                  options.integer("code", 1, 1024),
                  options.integer("cells", 1, 64),
                  options.real("sharpness", 1e-3, 1000)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final Axis each = Axis.of(Splines.coefficients(cells));
    final Axis narrow = Axis.of(code);
    final double limit = Math.sqrt(6.0 / (inputs + code));
    return List.of(
        Tensor.of("w1", limit, Axis.OUT, narrow, Axis.IN),
        Tensor.of("c1", 0.5 * limit, Axis.OUT, narrow, Axis.IN, each),
        Tensor.of("w2", limit, Axis.OUT, Axis.IN, narrow),
        Tensor.of("c2", 0.5 * limit, Axis.OUT, Axis.IN, narrow, each),
        Tensor.zeros("bias", Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int d = step.inputs();
    final int columns = step.routing().columns();
    final float[] scratch = work.scratch(room(d));
    for (int e = 0; e < columns; e++) {
      for (int r = 0; r < step.rows(); r++) {
        reconstruct(work, e, step.x(), r * d, d, scratch);
        float off = 0;
        for (int i = 0; i < d; i++) {
          final float difference = scratch[code + i] - step.x()[r * d + i];
          off += difference * difference;
        }
        score[r * columns + e] =
            work.theta()[work.at("bias") + e] - (float) sharpness * off / scale(step.x(), r * d, d);
      }
    }
  }

  /** A row's code, what is made of it, the gradients of both, and room for the splines. */
  private int room(final int d) {
    return 2 * (code + d) + Splines.ROOM;
  }

  private static float scale(final float[] x, final int at, final int d) {
    float squares = 1;
    for (int i = at; i < at + d; i++) {
      squares += x[i] * x[i];
    }
    return squares;
  }

  private int coefficients(final int d) {
    return code * d * Splines.coefficients(cells);
  }

  private void reconstruct(
      final Work work,
      final int e,
      final float[] x,
      final int at,
      final int d,
      final float[] scratch) {
    final int w1 = work.at("w1") + e * code * d;
    final int c1 = work.at("c1") + e * coefficients(d);
    final int w2 = work.at("w2") + e * code * d;
    final int c2 = work.at("c2") + e * coefficients(d);
    final int room = 2 * (code + d);
    final float[] theta = work.theta();
    Splines.forward(d, code, cells, 1, x, at, theta, w1, c1, scratch, 0, scratch, room);
    Splines.forward(code, d, cells, 1, scratch, 0, theta, w2, c2, scratch, code, scratch, room);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = step.inputs();
    final Routing routing = step.routing();
    final float[] scratch = work.scratch(room(d));
    Arrays.fill(work.gradient(), 0, work.layout().size(), 0);
    for (int p = 0; p < routing.chosen(); p++) {
      if (routing.row(p) < step.labelled()) {
        learn(step, work, routing.row(p) * d, routing.expert(p), scratch);
      }
    }
    final int columns = routing.columns();
    for (int i = 0; i < step.labelled() * columns; i++) {
      work.gradient()[work.at("bias") + i % columns] += scoreGradient[i];
    }
    if (inputGradient != null) {
      Arrays.fill(inputGradient, 0, step.labelled() * d, 0);
    }
  }

  private void learn(
      final Step step, final Work work, final int at, final int e, final float[] scratch) {
    final int d = step.inputs();
    final float[] x = step.x();
    final int codeGradient = code + d;
    final int outGradient = codeGradient + code;
    final int room = outGradient + d;
    final int w1 = work.at("w1") + e * code * d;
    final int c1 = work.at("c1") + e * coefficients(d);
    final int w2 = work.at("w2") + e * code * d;
    final int c2 = work.at("c2") + e * coefficients(d);
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    reconstruct(work, e, x, at, d, scratch);
    final float factor = 2 / scale(x, at, d) / step.labelled();
    for (int i = 0; i < d; i++) {
      scratch[outGradient + i] = factor * (scratch[code + i] - x[at + i]);
    }
    Splines.backward(
        code,
        d,
        cells,
        1,
        scratch,
        0,
        theta,
        w2,
        c2,
        scratch,
        outGradient,
        gradient,
        scratch,
        codeGradient,
        scratch,
        room);
    Splines.backward(
        d,
        code,
        cells,
        1,
        x,
        at,
        theta,
        w1,
        c1,
        scratch,
        codeGradient,
        gradient,
        null,
        0,
        scratch,
        room);
  }

  @Override
  public String text() {
    return "reconstruct(" + code + "," + cells + "," + sharpness + ")";
  }
}
