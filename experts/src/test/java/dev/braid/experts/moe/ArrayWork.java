package dev.braid.experts.moe;

import dev.braid.experts.moe.cpu.JavaProducts;

/** What one part of a layer computes with, in arrays of its own that begin with zeros. */
public class ArrayWork implements Work {
  public final float[] theta;
  public final float[] gradient;
  public final float[] memory;
  private final Layout layout;
  private final Layout memoryLayout;
  private final Layout sharedLayout;
  private final float[] shared;
  private final float[] sharedGradient;
  private final float[] tape;
  private final float[] spare;
  private float[] scratch = new float[0];
  private final Products products = new JavaProducts();

  /**
   * @param tape floats kept from forward to backward, of all rows
   */
  protected ArrayWork(
      final Layout layout, final Layout memoryLayout, final Layout sharedLayout, final int tape) {
    this.layout = layout;
    this.memoryLayout = memoryLayout;
    this.sharedLayout = sharedLayout;
    theta = new float[layout.size()];
    gradient = new float[layout.size()];
    memory = new float[memoryLayout.size()];
    shared = new float[sharedLayout.size()];
    sharedGradient = new float[sharedLayout.size()];
    this.tape = new float[tape];
    spare = new float[theta.length];
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
    if (scratch.length < length) {
      scratch = new float[length];
    }
    return scratch;
  }

  @Override
  public Products products() {
    return products;
  }
}
