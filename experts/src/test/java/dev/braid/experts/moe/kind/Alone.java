package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.cpu.PartWork;

/** One expert of a kind and what it computes with; its parameters and memory begin with zeros. */
final class Alone extends PartWork {
  private static final int ROWS = 32;

  private final Kind kind;

  Alone(final Kind kind, final int inputs, final int outputs) {
    super(
        Layout.of(kind.tensors(inputs, outputs), inputs, outputs),
        Layout.of(kind.memory(inputs, outputs), inputs, outputs),
        Layout.of(kind.shared(inputs, outputs), inputs, outputs),
        ROWS * kind.tape(inputs, outputs));
    this.kind = kind;
  }

  /** Sets the first numbers of an array of parameters. */
  Alone set(final String tensor, final float... values) {
    System.arraycopy(values, 0, theta, at(tensor), values.length);
    return this;
  }

  /** The same for all of them, between -1 and 1 and always the same. */
  Alone scatter() {
    for (int i = 0; i < theta.length; i++) {
      theta[i] = (float) Math.sin(7 * i + 1);
    }
    return this;
  }

  float[] say(final float... x) {
    return pass(false, x);
  }

  float[] pass(final boolean learning, final float... x) {
    final float[] out = new float[x.length / inputs() * outputs()];
    kind.forward(this, x, x.length / inputs(), learning, out);
    return out;
  }

  /** The gradient of rows that are learned, with one of the outputs. */
  float[] learn(final float[] x, final int[] labels, final float... outGradient) {
    pass(true, x);
    final float[] g = new float[labels.length * outputs()];
    System.arraycopy(outGradient, 0, g, 0, outGradient.length);
    kind.backward(this, x, labels, labels.length, g, null);
    return gradient;
  }

  /** A step of plain descent. */
  void step(final double rate, final float[] x, final int... labels) {
    learn(x, labels);
    for (int i = 0; i < theta.length; i++) {
      theta[i] -= (float) (rate * gradient[i]);
    }
  }

  float[] gradientOf(final String tensor) {
    final float[] part = new float[layout().sizeOf(tensor)];
    System.arraycopy(gradient, at(tensor), part, 0, part.length);
    return part;
  }
}
