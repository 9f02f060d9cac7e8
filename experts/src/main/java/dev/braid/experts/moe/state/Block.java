package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Adam;
import dev.braid.experts.moe.Rest;
import dev.braid.experts.moe.rest.Quantised;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.function.BiConsumer;

/**
 * Parameters of one expert or of the gate, with Adam's moments of the same layout. An expert at
 * {@link Rest} has no moments, and its parameters in 32 bits only while they are {@link #ready}.
 * One that has left memory has nothing; a store has it then.
 */
public final class Block {
  public float[] theta;
  public float[] m;
  public float[] v;

  /** Steps that this block has learned since it began or woke. */
  public int steps;

  /** Whether it differs from what was last saved. */
  public boolean dirty;

  private Quantised atRest;

  /** A block of zeros, not saved yet. */
  public Block(final int size) {
    this(new float[size], new float[size], new float[size], 0);
    dirty = true;
  }

  private Block(final float[] theta, final float[] m, final float[] v, final int steps) {
    this.theta = theta;
    this.m = m;
    this.v = v;
    this.steps = steps;
  }

  /** A block whose numbers are in a store. */
  static Block away() {
    return new Block(null, null, null, 0);
  }

  /** Whether the numbers are in memory, in whatever form. */
  public boolean isHere() {
    return theta != null || atRest != null;
  }

  /** Lets go of all numbers. */
  void leave() {
    theta = null;
    m = null;
    v = null;
    atRest = null;
  }

  /** Takes over the numbers of a block that was read, which is not used any more. */
  void come(final Block saved) {
    theta = saved.theta;
    m = saved.m;
    v = saved.v;
    steps = saved.steps;
    atRest = saved.atRest;
  }

  /** One step of Adam on all parameters; counts it. */
  public void learn(final float[] gradient, final double learningRate) {
    steps++;
    dirty = true;
    Adam.update(theta, m, v, gradient, Adam.rate(learningRate, steps), Adam.epsilon(steps));
  }

  public boolean resting() {
    return atRest != null;
  }

  /** Rounds the parameters and gives up the moments. */
  public void rest(final int bits) {
    atRest = Quantised.of(theta, bits);
    theta = null;
    m = null;
    v = null;
    steps = 0;
    dirty = true;
  }

  /** Whether the parameters are at hand in 32 bits. */
  boolean isReady() {
    return theta != null;
  }

  /** Unpacks the parameters of a block at rest. */
  void ready() {
    if (theta == null) {
      theta = new float[atRest.length()];
      atRest.to(theta);
    }
  }

  /** The parameters in 32 bits, unpacked for once where they are not at hand. */
  public float[] unpacked() {
    if (theta != null) {
      return theta;
    }
    final float[] numbers = new float[atRest.length()];
    atRest.to(numbers);
    return numbers;
  }

  /** One of the moments; those of a block at rest are 0. */
  public float[] moments(final float[] moment) {
    return moment == null ? new float[length()] : moment;
  }

  /** Lets go of what {@link #ready} unpacked. */
  void release() {
    if (atRest != null) {
      theta = null;
    }
  }

  /** Goes on learning from the rounded parameters. */
  public void wake() {
    if (atRest != null) {
      ready();
      m = new float[theta.length];
      v = new float[theta.length];
      atRest = null;
      dirty = true;
    }
  }

  /** How many parameters a block has that is in memory. */
  public int length() {
    return theta == null ? atRest.length() : theta.length;
  }

  /** Heap bytes of parameters and moments. */
  public long bytes() {
    final long floats = (theta == null ? 0L : theta.length) + (m == null ? 0L : 2L * m.length);
    return floats * Float.BYTES + (atRest == null ? 0 : atRest.bytes());
  }

  /**
   * A block of another size, awake and not saved yet, with as many steps.
   *
   * @param mover copies numbers, moments alike, from the old array to the new one
   */
  Block resized(final int size, final BiConsumer<float[], float[]> mover) {
    wake();
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

  /** The same for a block that may be at rest. */
  void writeExpert(final ImageWriter out) {
    out.putBoolean(resting());
    if (resting()) {
      atRest.write(out);
    } else {
      write(out);
    }
  }

  /** Reads a block of that many parameters back; it is clean. */
  static Block read(final ImageReader in, final int size) {
    final int steps = in.getIntIn(0, Integer.MAX_VALUE, "number of steps");
    return new Block(floats(in, size), floats(in, size), floats(in, size), steps);
  }

  /** Reads a block that may be at rest. */
  static Block readExpert(final ImageReader in, final int size) {
    if (!in.getBoolean()) {
      return read(in, size);
    }
    final Block block = new Block(null, null, null, 0);
    block.atRest = Quantised.read(in, size);
    return block;
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
