package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Merged;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.state.Weights;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Experts of one kind merged on the CPU, row by row; the way back computes the row once more. */
final class CpuMerged implements Merged {
  private final Kind kind;
  private final IntFunction<Weights> experts;
  private final CpuWork work;
  private final Weights merged;
  private final float[] tape;
  private final float[] x;
  private final float[] out;
  private final int[] label = new int[1];

  /** Of each expert, what its rows add up to. */
  private final float[][] gradient;

  private CpuStep step;
  private Weights shared;
  private float[] sharedGradient;

  /** Receives that of the inputs of all rows; null where it is not wanted. */
  private float[] inputGradient;

  private final float[] rowInputGradient;

  /**
   * @param kind of all experts
   * @param experts by their index, in memory
   */
  CpuMerged(
      final Kind kind,
      final Layout layout,
      final IntFunction<Weights> experts,
      final int count,
      final CpuWork work) {
    this.kind = kind;
    this.experts = experts;
    this.work = work;
    merged = new Weights(layout, Layout.NOTHING);
    tape = new float[kind.tape(layout.inputs(), layout.outputs())];
    x = new float[layout.inputs()];
    out = new float[layout.outputs()];
    rowInputGradient = new float[layout.inputs()];
    gradient = new float[count][layout.size()];
  }

  /** Computes rows of this step from here on. */
  void on(final CpuStep rows) {
    step = rows;
    rows.merge(this);
  }

  /** Computes with the parameters that the kind shares from here on. */
  void share(final Weights parameters, final float[] gradientOfThose) {
    shared = parameters;
    sharedGradient = gradientOfThose;
  }

  /**
   * Forgets the gradients of all experts.
   *
   * @param ofInputs that of the inputs is added there, shape [labelled][inputs], or is not wanted
   */
  void clear(final float[] ofInputs) {
    inputGradient = ofInputs;
    for (final float[] each : gradient) {
      Arrays.fill(each, 0);
    }
  }

  /** What the rows of an expert add up to. */
  float[] gradient(final int expert) {
    return gradient[expert];
  }

  private CpuWork own() {
    work.on(merged, tape);
    return shared == null ? work : work.sharing(shared, sharedGradient);
  }

  @Override
  public void forward(
      final int first, final int end, final boolean learning, final float[] logits) {
    compute(first, end, learning);
    System.arraycopy(out, 0, logits, step.routing().row(first) * out.length, out.length);
  }

  private void compute(final int first, final int end, final boolean learning) {
    final Routing routing = step.routing();
    final float[] theta = merged.theta;
    Arrays.fill(theta, 0);
    for (int p = first; p < end; p++) {
      final float[] part = experts.apply(routing.expert(p)).theta;
      final float weight = routing.weight(p);
      for (int i = 0; i < theta.length; i++) {
        theta[i] += weight * part[i];
      }
    }
    System.arraycopy(step.x(), routing.row(first) * x.length, x, 0, x.length);
    kind.forward(own(), x, 1, learning, out);
  }

  @Override
  public void backward(final int first, final int end, final float[] logitGradient) {
    final Routing routing = step.routing();
    final int row = routing.row(first);
    compute(first, end, true);
    System.arraycopy(logitGradient, row * out.length, out, 0, out.length);
    label[0] = step.label(row);
    final CpuWork own = own();
    kind.backward(own, x, label, 1, out, inputGradient == null ? null : rowInputGradient);
    for (int i = 0; inputGradient != null && i < x.length; i++) {
      inputGradient[row * x.length + i] += rowInputGradient[i];
    }
    for (int p = first; p < end; p++) {
      final float[] part = experts.apply(routing.expert(p)).theta;
      final float[] sum = gradient[routing.expert(p)];
      final float weight = routing.weight(p);
      float inner = 0;
      for (int i = 0; i < part.length; i++) {
        inner += part[i] * own.gradient()[i];
        sum[i] += weight * own.gradient()[i];
      }
      routing.weightGradient(p, inner);
    }
  }

  /** Heap bytes held. */
  long bytes() {
    return 4L * (merged.theta.length * (3L + gradient.length) + tape.length);
  }
}
