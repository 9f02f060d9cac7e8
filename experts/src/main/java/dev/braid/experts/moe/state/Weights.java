package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.net.Adam;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * Parameters of one expert or of the gate, with Adam's moments of the same layout. An expert at
 * rest has no moments, and its parameters in 32 bits only while they are {@link #ready}. One that
 * is evicted has nothing in memory; a store has it then.
 */
public final class Weights {
  public float[] theta;
  public float[] m;
  public float[] v;

  /** What the plug-in remembers and no gradient moves; stays as it is at rest. */
  public float[] memory;

  /** Steps learned since these began or woke. */
  public int steps;

  /** Whether they differ from what was last saved. */
  public boolean dirty;

  private final Layout layout;
  private final Layout memoryLayout;
  private boolean empty;
  private byte[] packed;
  private Codec codec;

  /** What packed parameters are packed against; null where the form uses nothing. */
  private float[] base;

  /** Zeros, not saved yet. */
  public Weights(final Layout layout, final Layout memoryLayout) {
    this.layout = layout;
    this.memoryLayout = memoryLayout;
    theta = new float[layout.size()];
    m = new float[layout.size()];
    v = new float[layout.size()];
    memory = new float[memoryLayout.size()];
    dirty = true;
  }

  private Weights(final Layout layout, final Layout memoryLayout, final Codec codec) {
    this.layout = layout;
    this.memoryLayout = memoryLayout;
    this.codec = codec;
  }

  /** The weights of a place without an expert, not saved yet. */
  static Weights empty(final Layout layout, final Layout memoryLayout) {
    final Weights weights = new Weights(layout, memoryLayout, null);
    weights.empty = true;
    weights.theta = new float[0];
    weights.m = weights.theta;
    weights.v = weights.theta;
    weights.memory = weights.theta;
    weights.dirty = true;
    return weights;
  }

  /** Whether they are of a place without an expert. */
  boolean isEmpty() {
    return empty;
  }

  /** Those whose numbers are in a store. */
  static Weights evicted(final Layout layout, final Layout memoryLayout) {
    return new Weights(layout, memoryLayout, null);
  }

  /** Where the parameters lie. */
  public Layout layout() {
    return layout;
  }

  /** Where what is remembered lies. */
  public Layout memoryLayout() {
    return memoryLayout;
  }

  /** Whether the numbers are in memory, in whatever form. */
  public boolean isInMemory() {
    return theta != null || packed != null;
  }

  /** Lets go of all numbers. */
  void evict() {
    theta = null;
    m = null;
    v = null;
    memory = null;
    packed = null;
  }

  /** Takes over the numbers of others, which are not used any more. */
  void come(final Weights saved) {
    theta = saved.theta;
    m = saved.m;
    v = saved.v;
    memory = saved.memory;
    steps = saved.steps;
    packed = saved.packed;
    codec = saved.codec;
    base = saved.base;
  }

  /** One step of Adam on all parameters; counts it. */
  public void learn(final float[] gradient, final double learningRate) {
    steps++;
    dirty = true;
    Adam.update(theta, m, v, gradient, Adam.rate(learningRate, steps), Adam.epsilon(steps));
  }

  public boolean resting() {
    return packed != null;
  }

  /**
   * Packs the parameters and gives up the moments.
   *
   * @param against the base of a form that uses one, or null
   */
  public void rest(final Codec form, final float[] against) {
    codec = form;
    base = against;
    packed = form.pack(layout, theta, against);
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

  /** Unpacks what rests. */
  void ready() {
    if (theta == null) {
      theta = unpack();
    }
  }

  /** The parameters in 32 bits, unpacked for once where they are not at hand. */
  public float[] unpacked() {
    return theta != null ? theta : unpack();
  }

  private float[] unpack() {
    final float[] numbers = new float[layout.size()];
    codec.unpack(packed, layout, base, numbers);
    return numbers;
  }

  /** One of the moments; at rest they are 0. */
  public float[] moments(final float[] moment) {
    return moment == null ? new float[layout.size()] : moment;
  }

  /** Lets go of what {@link #ready} unpacked. */
  void release() {
    if (packed != null) {
      theta = null;
    }
  }

  /** Goes on learning from the rounded parameters. */
  public void wake() {
    if (packed != null) {
      ready();
      m = new float[theta.length];
      v = new float[theta.length];
      packed = null;
      dirty = true;
    }
  }

  /** Heap bytes of parameters and moments. */
  public long bytes() {
    final long floats = (theta == null ? 0L : theta.length) + (m == null ? 0L : 2L * m.length);
    final long remembered = memory == null ? 0 : memory.length;
    return (floats + remembered) * Float.BYTES + (packed == null ? 0 : packed.length);
  }

  /** The same with more inputs or outputs, awake and not saved yet, with as many steps. */
  Weights grown(final Layout larger, final Layout largerMemory) {
    if (empty) {
      return empty(larger, largerMemory);
    }
    wake();
    final Weights grown = new Weights(larger, largerMemory);
    layout.copy(theta, larger, grown.theta);
    layout.copy(m, larger, grown.m);
    layout.copy(v, larger, grown.v);
    memoryLayout.copy(memory, largerMemory, grown.memory);
    grown.steps = steps;
    return grown;
  }

  /**
   * Layout: whether they are empty; if not, memory and whether they rest; then packed parameters,
   * or steps, parameters and moments.
   */
  void write(final ImageWriter out) {
    out.putBoolean(empty);
    if (empty) {
      return;
    }
    out.putFloats(memory, memory.length).putBoolean(resting());
    if (resting()) {
      out.putBytes(packed);
      return;
    }
    out.putInt(steps).putFloats(theta, theta.length).putFloats(m, m.length).putFloats(v, v.length);
  }

  /**
   * Reads weights back; they are clean.
   *
   * @param codec form in which they rest; null if they cannot
   * @param base what that packs against, or null
   */
  static Weights read(
      final ImageReader in,
      final Layout layout,
      final Layout memoryLayout,
      final Codec codec,
      final float[] base) {
    if (in.getBoolean()) {
      final Weights none = empty(layout, memoryLayout);
      none.dirty = false;
      return none;
    }
    final Weights weights = new Weights(layout, memoryLayout, codec);
    weights.memory = floats(in, memoryLayout.size());
    if (!in.getBoolean()) {
      weights.steps = in.getIntIn(0, Integer.MAX_VALUE, "number of steps");
      weights.theta = floats(in, layout.size());
      weights.m = floats(in, layout.size());
      weights.v = floats(in, layout.size());
      return weights;
    }
    weights.packed = in.getBytes();
    weights.base = base;
    if (codec == null
        || weights.packed.length != codec.bytes(layout)
        || (codec.usesBase() && base == null)) {
      throw new MalformedImageException(
          "weights at rest do not fit " + layout.size() + " parameters");
    }
    return weights;
  }

  private static float[] floats(final ImageReader in, final int size) {
    final float[] values = in.getFloats();
    if (values.length != size) {
      throw new MalformedImageException(
          values.length + " parameters where " + size + " are expected");
    }
    return values;
  }
}
