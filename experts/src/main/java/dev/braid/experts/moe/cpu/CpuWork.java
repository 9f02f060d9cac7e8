package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.state.Weights;

/** What the parts of a layer compute with on the CPU; all of its experts take turns with it. */
class CpuWork implements Work {
  private final Products products;
  private final float[] gradient;
  private float[] scratch = new float[0];
  private float[] spare = new float[0];
  private Layout layout;
  private float[] theta;
  private float[] tape;
  private Layout memoryLayout;
  private float[] memory;
  private Layout sharedLayout;
  private float[] shared;
  private float[] sharedGradient;

  /**
   * @param largest parameters of a part
   */
  CpuWork(final Products products, final int largest) {
    this.products = products;
    gradient = new float[largest];
  }

  /** The same for one of the parts. */
  CpuWork on(final Weights part, final float[] kept) {
    layout = part.layout();
    theta = part.theta;
    memoryLayout = part.memoryLayout();
    memory = part.memory;
    tape = kept;
    return this;
  }

  /** The same with the parameters that the part has together with others. */
  CpuWork sharing(final Weights together, final float[] gradientOfThose) {
    sharedLayout = together.layout();
    shared = together.theta;
    sharedGradient = gradientOfThose;
    return this;
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
  public Layout layout() {
    return layout;
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
    if (spare.length < gradient.length) {
      spare = new float[gradient.length];
    }
    return spare;
  }

  @Override
  public float[] scratch(final int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }
    return scratch;
  }

  @Override
  public Products products() {
    return products;
  }

  long bytes() {
    return 4L * (gradient.length + spare.length + scratch.length);
  }
}
