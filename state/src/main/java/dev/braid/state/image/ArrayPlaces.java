package dev.braid.state.image;

import java.util.Arrays;

/** Where the long arrays of an image lie, in rising order. */
final class ArrayPlaces {
  /** Shorter ones are not noted. */
  static final int SHORTEST = 8;

  private static final int NUMBERS = 3;

  private int[] numbers = new int[64 * NUMBERS];
  private int count;

  /**
   * Notes an array.
   *
   * @param at where its first element begins
   * @param width bytes of an element
   */
  void add(final int at, final int length, final int width) {
    final int from = count * NUMBERS;
    if (from == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * from);
    }
    numbers[from] = at;
    numbers[from + 1] = length;
    numbers[from + 2] = width;
    count++;
  }

  /** Forgets those that begin at some place or behind it. */
  void cutBack(final int place) {
    while (count > 0 && at(count - 1) >= place) {
      count--;
    }
  }

  int count() {
    return count;
  }

  int at(final int array) {
    return numbers[array * NUMBERS];
  }

  int length(final int array) {
    return numbers[array * NUMBERS + 1];
  }

  int width(final int array) {
    return numbers[array * NUMBERS + 2];
  }
}
