package dev.braid.experts.dense;

import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;
import java.util.function.BiConsumer;

/** Parameters of one expert or of the gate, with Adam's moments of the same layout. */
final class Block {
  final float[] theta;
  final float[] m;
  final float[] v;

  /** Steps that this block has learned. */
  int steps;

  /** Whether it differs from what was last saved. */
  boolean dirty;

  /** A block of zeros, not saved yet. */
  Block(final int size) {
    this(new float[size], new float[size], new float[size], 0);
    dirty = true;
  }

  private Block(final float[] theta, final float[] m, final float[] v, final int steps) {
    this.theta = theta;
    this.m = m;
    this.v = v;
    this.steps = steps;
  }

  /**
   * A block of another size, not saved yet, with as many steps.
   *
   * @param mover copies numbers, moments alike, from the old array to the new one
   */
  Block resized(final int size, final BiConsumer<float[], float[]> mover) {
    final Block resized = new Block(size);
    mover.accept(theta, resized.theta);
    mover.accept(m, resized.m);
    mover.accept(v, resized.v);
    resized.steps = steps;
    return resized;
  }

  void write(final ImageWriter out) {
    out.putInt(steps).putFloats(theta, theta.length).putFloats(m, m.length).putFloats(v, v.length);
  }

  /** Reads a block of that many parameters back; it is clean. */
  static Block read(final ImageReader in, final int size) {
    final int steps = in.getIntIn(0, Integer.MAX_VALUE, "number of steps");
    return new Block(floats(in, size), floats(in, size), floats(in, size), steps);
  }

  private static float[] floats(final ImageReader in, final int size) {
    final float[] values = in.getFloats();
    if (values.length != size) {
      throw new MalformedImageException(
          "a block of " + values.length + " parameters where " + size + " are expected");
    }
    return values;
  }
}
