package dev.braid.data;

/**
 * One event of a stream, in the form learners take it.
 *
 * @param x one element per feature of the source's schema; NaN where a value is missing
 * @param target index of the class, or -1 where it is not known; where the target is a number, that
 *     number, or NaN where it is not known
 */
// An array component is on purpose: learners read it in place, and instances are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Instance(double[] x, double target) {

  /** Index of the class, or -1 where it is not known. */
  public int label() {
    return (int) target;
  }
}
