package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Work;

/** What the parts of a layer compute with on the CPU; all of its experts take turns with it. */
final class CpuWork implements Work {
  private final Products products;
  private final float[] gradient;
  private float[] scratch = new float[0];
  private Layout layout;
  private float[] theta;
  private float[] tape;
  private float[] memory;

  /**
   * @param largest parameters of a part
   */
  CpuWork(final Products products, final int largest) {
    this.products = products;
    gradient = new float[largest];
  }

  /** The same for one of the parts. */
  CpuWork on(final Layout ofPart, final float[] parameters, final float[] kept) {
    layout = ofPart;
    theta = parameters;
    tape = kept;
    return this;
  }

  /** The same with what the part remembers. */
  CpuWork with(final float[] remembered) {
    memory = remembered;
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
  public float[] memory() {
    return memory;
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
    return products.bytes() + 4L * (gradient.length + scratch.length);
  }
}
