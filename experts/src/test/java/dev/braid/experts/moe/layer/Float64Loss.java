package dev.braid.experts.moe.layer;

import dev.braid.experts.moe.gate.Balance;
import dev.braid.experts.moe.gate.SigmoidTopK;
import dev.braid.experts.moe.gate.TopK;
import dev.braid.experts.moe.kind.Mlp;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.state.MoeState;
import java.util.stream.IntStream;

/**
 * The layer's loss written down a second time: in double precision, row by row, straight from the
 * formulas, with nothing of the layer's own code.
 */
final class Float64Loss {
  private final DenseMoeSpec spec;
  private final DenseBatch batch;

  /** Choices per expert, this batch's included, as the balance loss counts them. */
  private final double[] window;

  private final double balanceWeight;

  Float64Loss(final DenseMoeSpec spec, final DenseBatch batch, final MoeState state) {
    this.spec = spec;
    this.batch = batch;
    final boolean balances = !spec.gate().penalties().isEmpty();
    balanceWeight = balances ? ((Balance) spec.gate().penalties().get(0)).weight() : 0;
    window =
        IntStream.range(0, spec.experts())
            .mapToDouble(e -> balances ? state.penaltyMemory(0)[e] : 1)
            .toArray();
  }

  /**
   * @param gate Wg [E][d], bg [E]
   * @param experts per expert W1 [h][d], b1 [h], W2 [c][h], b2 [c]
   */
  double of(final double[] gate, final double[][] experts) {
    double loss = 0;
    int labelled = 0;
    for (int r = 0; r < batch.rows(); r++) {
      if (batch.labels()[r] >= 0) {
        loss += ofRow(gate, experts, r);
        labelled++;
      }
    }
    return loss / labelled;
  }

  private double ofRow(final double[] gate, final double[][] experts, final int r) {
    final int d = spec.inputs();
    final int count = spec.experts();
    final double[] x = new double[d];
    for (int i = 0; i < d; i++) {
      x[i] = batch.inputs()[r * d + i];
    }
    final double[] affinity = new double[count];
    for (int e = 0; e < count; e++) {
      affinity[e] = gate[count * d + e];
      for (int i = 0; i < d; i++) {
        affinity[e] += gate[e * d + i] * x[i];
      }
    }
    final boolean sigmoid = spec.gate().assign() instanceof SigmoidTopK;
    final double[] a = sigmoid ? sigmoid(affinity) : softmax(affinity);
    final int[] chosen =
        IntStream.range(0, count)
            .boxed()
            .sorted((p, q) -> Double.compare(a[q], a[p]))
            .limit(spec.gate().assign().most(count))
            .mapToInt(Integer::intValue)
            .toArray();
    final boolean normalised =
        sigmoid || (spec.gate().assign() instanceof TopK topK && topK.chosen() > 1);
    final double sum = normalised ? IntStream.of(chosen).mapToDouble(e -> a[e]).sum() : 1;
    final double[] z = new double[spec.classes()];
    for (final int e : chosen) {
      addOutput(experts[e], x, a[e] / sum, z);
    }
    for (int e = count; e < spec.totalExperts(); e++) {
      addOutput(experts[e], x, 1, z);
    }
    final double total = IntStream.range(0, count).mapToDouble(e -> a[e]).sum();
    final double seen = IntStream.range(0, count).mapToDouble(e -> window[e]).sum();
    double balance = 0;
    for (int e = 0; e < count; e++) {
      balance += window[e] / seen * a[e] / total;
    }
    return -Math.log(softmax(z)[batch.labels()[r]]) + balanceWeight * count * balance;
  }

  private void addOutput(
      final double[] theta, final double[] x, final double factor, final double[] z) {
    final int d = spec.inputs();
    final int h = ((Mlp) spec.kind(0)).hidden();
    final int c = spec.classes();
    final int b1 = h * d;
    final int w2 = b1 + h;
    final int b2 = w2 + c * h;
    final double[] hidden = new double[h];
    for (int j = 0; j < h; j++) {
      hidden[j] = theta[b1 + j];
      for (int i = 0; i < d; i++) {
        hidden[j] += theta[j * d + i] * x[i];
      }
      hidden[j] = Math.max(0, hidden[j]);
    }
    for (int o = 0; o < c; o++) {
      double out = theta[b2 + o];
      for (int j = 0; j < h; j++) {
        out += theta[w2 + o * h + j] * hidden[j];
      }
      z[o] += factor * out;
    }
  }

  private static double[] sigmoid(final double[] u) {
    return IntStream.range(0, u.length).mapToDouble(e -> 1 / (1 + Math.exp(-u[e]))).toArray();
  }

  private static double[] softmax(final double[] u) {
    final double[] p = IntStream.range(0, u.length).mapToDouble(e -> Math.exp(u[e])).toArray();
    final double sum = IntStream.range(0, p.length).mapToDouble(e -> p[e]).sum();
    return IntStream.range(0, p.length).mapToDouble(e -> p[e] / sum).toArray();
  }
}
