package dev.braid.data;

import java.util.List;

/**
 * What a stream's events are predicted to have: one of some classes, or a number. Wherever a target
 * is a {@code double}, it is the index of the class, or the number itself.
 */
public sealed interface Target {

  /** Values of one prediction: a probability for each class, or the number alone. */
  int width();

  /**
   * Checks what is to be learned.
   *
   * @throws IllegalArgumentException with one sentence, if it cannot be a value of this target
   */
  void check(double value);

  /** Whether an instance's target is known: see {@link Instance#target}. */
  boolean isKnown(double value);

  /** A known value as records have it: the name of the class, or the number in decimals. */
  String text(double value);

  /**
   * One of some classes.
   *
   * @param names unique, in the order of their indices
   */
  record Classes(List<String> names) implements Target {
    @Override
    public int width() {
      return names.size();
    }

    @Override
    public boolean isKnown(final double value) {
      return value >= 0;
    }

    @Override
    public String text(final double value) {
      return names.get((int) value);
    }

    @Override
    public void check(final double value) {
      if (!(value >= 0 && value < names.size() && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            "label "
                + (value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value))
                + " is not the index of one of the "
                + names.size()
                + " classes");
      }
    }
  }

  /** A finite number. */
  record Quantity() implements Target {
    @Override
    public int width() {
      return 1;
    }

    @Override
    public boolean isKnown(final double value) {
      return !Double.isNaN(value);
    }

    @Override
    public String text(final double value) {
      return Double.toString(value);
    }

    @Override
    public void check(final double value) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("target " + value + " is not a finite number");
      }
    }
  }
}
