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
 * One hidden layer whose units are in groups that learn in turn: group t learns the residuals that
 * the bias and the groups before it leave, so that the sums up to each of them are models (Emami
 * and Martinez-Munoz 2023, "Sequential Training of Neural Networks with Gradient Boosting", section
 * 3, where a group is trained when those before it are; here all follow the stream at once). Later
 * groups may be left out when answering.
 *
 * @param groups 1 or more
 * @param units of each group
 * @param answering groups that answer; 0 for all
 */
public record Boost(int groups, int units, int answering) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "boost",
          "Groups of hidden units, each of which learns the residuals of those before it.",
          List.of(
              new Option("groups", "4", "Groups, 1 to 1024."),
              new Option("units", "8", "Units of a group, 1 to 4096."),
              new Option("answering", "0", "Groups that answer; 0 for all.")),
          options ->
              new Boost(
                  options.integer("groups", 1, 1024),
                  options.integer("units", 1, 4096),
                  options.integer("answering", 0, 1024)));

  private int hidden() {
    return groups * units;
  }

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("w1", Math.sqrt(6.0 / inputs), Axis.units(hidden()), Axis.IN),
        Tensor.zeros("b1", Axis.units(hidden())),
        Tensor.of("w2", Math.sqrt(6.0 / (units + outputs)), Axis.OUT, Axis.units(hidden())),
        Tensor.zeros("b2", Axis.OUT));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden();
  }

  @Override
  public boolean differsWhenLearning() {
    return answering > 0 && answering < groups;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] kept = work.tape();
    work.products().affine(rows, hidden(), work.inputs(), x, theta, 0, work.at("b1"), kept);
    Mlp.rectify(kept, rows * hidden());
    final int last = learning || answering == 0 ? groups : Math.min(groups, answering);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(theta, work.at("b2"), out, r * c, c);
      for (int t = 0; t < last; t++) {
        say(work, r, t, out, r * c);
      }
    }
  }

  /** Adds what a group says of a row. */
  private void say(
      final Work work, final int row, final int group, final float[] out, final int to) {
    final float[] kept = work.tape();
    for (int j = 0; j < work.outputs(); j++) {
      final int w = work.at("w2") + j * hidden() + group * units;
      final int from = row * hidden() + group * units;
      float sum = 0;
      for (int u = 0; u < units; u++) {
        sum += work.theta()[w + u] * kept[from + u];
      }
      out[to + j] += sum;
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
    final int sums = rows * hidden();
    final float[] scratch = work.scratch(sums + 2 * c);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.theta(), work.at("b2"), scratch, sums, c);
      residual(scratch, sums, labels[r], rows, c);
      for (int j = 0; j < c; j++) {
        gradient[work.at("b2") + j] += scratch[sums + c + j];
      }
      for (int t = 0; t < groups; t++) {
        say(work, r, t, scratch, sums);
        residual(scratch, sums, labels[r], rows, c);
        throughGroup(work, r, t, scratch, sums + c);
      }
    }
    final Products products = work.products();
    products.transposedTimes(hidden(), d, rows, scratch, 0, x, 0, gradient, 0);
    products.columnSums(rows, hidden(), scratch, 0, gradient, work.at("b1"));
    OwnLoss.noGradient(inputGradient, rows * d);
  }

  /** Behind the sums up to a group, the gradient of cross-entropy with respect to them. */
  private static void residual(
      final float[] scratch, final int sums, final int label, final int rows, final int c) {
    System.arraycopy(scratch, sums, scratch, sums + c, c);
    FloatMath.softmax(scratch, sums + c, c);
    scratch[sums + c + label] -= 1;
    for (int j = sums + c; j < sums + 2 * c; j++) {
      scratch[j] /= rows;
    }
  }

  private void throughGroup(
      final Work work, final int row, final int group, final float[] scratch, final int residual) {
    for (int u = group * units; u < (group + 1) * units; u++) {
      final float unit = work.tape()[row * hidden() + u];
      float sum = 0;
      for (int j = 0; j < work.outputs(); j++) {
        final int w = work.at("w2") + j * hidden() + u;
        work.gradient()[w] += scratch[residual + j] * unit;
        sum += scratch[residual + j] * work.theta()[w];
      }
      scratch[row * hidden() + u] = unit > 0 ? sum : 0;
    }
  }

  @Override
  public String text() {
    return "boost(" + groups + "," + units + "," + answering + ")";
  }
}
