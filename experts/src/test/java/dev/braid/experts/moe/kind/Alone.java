package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.cpu.JavaProducts;

/** One expert of a kind and what it computes with; its parameters and memory begin with zeros. */
final class Alone implements Work {
  private static final int ROWS = 32;

  private final Kind kind;
  private final Layout layout;
  private final Layout memoryLayout;
  private final Layout sharedLayout;
  private final float[] theta;
  private final float[] gradient;
  private final float[] spare;
  private final float[] memory;
  private final float[] shared;
  private final float[] sharedGradient;
  private final float[] tape;
  private final float[] scratch = new float[100_000];
  private final Products products = new JavaProducts();

  Alone(final Kind kind, final int inputs, final int outputs) {
    this.kind = kind;
    layout = Layout.of(kind.tensors(inputs, outputs), inputs, outputs);
    memoryLayout = Layout.of(kind.memory(inputs, outputs), inputs, outputs);
    sharedLayout = Layout.of(kind.shared(inputs, outputs), inputs, outputs);
    theta = new float[layout.size()];
    gradient = new float[layout.size()];
    spare = new float[layout.size()];
    memory = new float[memoryLayout.size()];
    shared = new float[sharedLayout.size()];
    sharedGradient = new float[sharedLayout.size()];
    tape = new float[ROWS * kind.tape(inputs, outputs)];
  }

  /** Sets the first numbers of an array of parameters. */
  Alone set(final String tensor, final float... values) {
    System.arraycopy(values, 0, theta, layout.at(tensor), values.length);
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
    final float[] out = new float[x.length / layout.inputs() * layout.outputs()];
    kind.forward(this, x, x.length / layout.inputs(), learning, out);
    return out;
  }

  /** The gradient of rows that are learned, with one of the outputs. */
  float[] learn(final float[] x, final int[] labels, final float... outGradient) {
    pass(true, x);
    final float[] g = new float[labels.length * layout.outputs()];
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
    final float[] part = new float[layout.sizeOf(tensor)];
    System.arraycopy(gradient, layout.at(tensor), part, 0, part.length);
    return part;
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public int inputs() {
    return layout.inputs();
  }

  @Override
  public int outputs() {
    return layout.outputs();
  }

  @Override
  public int at(final String tensor) {
    return layout.at(tensor);
  }

  @Override
  public float[] theta() {
    return theta;
  }

  @Override
  public float[] gradient() {
    return gradient;
  }

  @Override
  public float[] tape() {
    return tape;
  }

  @Override
  public int memoryAt(final String tensor) {
    return memoryLayout.at(tensor);
  }

  @Override
  public float[] memory() {
    return memory;
  }

  @Override
  public int sharedAt(final String tensor) {
    return sharedLayout.at(tensor);
  }

  @Override
  public float[] shared() {
    return shared;
  }

  @Override
  public float[] sharedGradient() {
    return sharedGradient;
  }

  @Override
  public float[] spare() {
    return spare;
  }

  @Override
  public float[] scratch(final int length) {
    return scratch;
  }

  @Override
  public Products products() {
    return products;
  }
}
