package dev.braid.experts.moe;

/** One axis of a {@link Tensor}: how long it is, and whether it grows. */
public sealed interface Axis {
  /** As long as a row has inputs; grows with the schema. */
  Axis IN = new In();

  /** As long as there are outputs; grows with the classes. */
  Axis OUT = new Out();

  /** So many neurons. */
  static Axis units(final int count) {
    return new Units(count);
  }

  /** So many of whatever never changes its number. */
  static Axis of(final int count) {
    return new Of(count);
  }

  /** Elements along the axis. */
  int length(int inputs, int outputs);

  /** See {@link #IN}. */
  record In() implements Axis {
    @Override
    public int length(final int inputs, final int outputs) {
      return inputs;
    }
  }

  /** See {@link #OUT}. */
  record Out() implements Axis {
    @Override
    public int length(final int inputs, final int outputs) {
      return outputs;
    }
  }

  /** See {@link #units}. */
  record Units(int count) implements Axis {
    @Override
    public int length(final int inputs, final int outputs) {
      return count;
    }
  }

  /** See {@link #of}. */
  record Of(int count) implements Axis {
    @Override
    public int length(final int inputs, final int outputs) {
      return count;
    }
  }
}
