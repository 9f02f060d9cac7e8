package dev.braid.experts.moe.gate;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Step;

/** What scores compute of a row that no parameter has a part in. */
final class Buckets {
  private Buckets() {}

  /**
   * On which side of so many random planes through the origin a row lies, as bits: like rows are
   * mostly in one bucket. An input that is 0 does not count, so that inputs may be added.
   */
  static int of(final Step step, final int inputs, final int row, final int bits) {
    int bucket = 0;
    for (int b = 0; b < bits; b++) {
      double sum = 0;
      for (int i = 0; i < inputs; i++) {
        sum += step.x()[row * inputs + i] * direction(step.seed(), b, i);
      }
      bucket |= sum > 0 ? 1 << b : 0;
    }
    return bucket;
  }

  /** A random number between -1 and 1, always the same for a vector and an element of it. */
  static double direction(final long seed, final int vector, final int element) {
    return 2 * CounterRandom.unit(seed + 0x9e37L * (vector + 1), element) - 1;
  }

  /** A number that every difference between two rows changes; inputs that are 0 do not count. */
  static long content(final Step step, final int inputs, final int row) {
    long content = 0;
    for (int i = 0; i < inputs; i++) {
      final float value = step.x()[row * inputs + i];
      content += value == 0 ? 0 : CounterRandom.bits(i, Float.floatToIntBits(value));
    }
    return content;
  }

  /** The largest of some inputs; the first of them where none is above 0. */
  static int largest(
      final Step step, final int inputs, final int row, final int first, final int count) {
    int largest = 0;
    float most = 0;
    for (int k = 0; k < Math.min(count, inputs - first); k++) {
      if (step.x()[row * inputs + first + k] > most) {
        most = step.x()[row * inputs + first + k];
        largest = k;
      }
    }
    return largest;
  }
}
