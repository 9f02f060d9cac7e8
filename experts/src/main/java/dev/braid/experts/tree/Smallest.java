package dev.braid.experts.tree;

/** Finds what would stand at a place if numbers were sorted (Hoare, "Find", CACM 1961). */
final class Smallest {
  private Smallest() {}

  /**
   * @param values in any order, which changes; none is NaN
   * @param count how many of them there are, from the first on
   * @param place counted from 0
   * @return the value that would be there in ascending order
   */
  static double of(final double[] values, final int count, final int place) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      final double pivot = values[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          final double swapped = values[i];
          values[i++] = values[j];
          values[j--] = swapped;
        }
      }
      if (place <= j) {
        high = j;
      } else if (place >= i) {
        low = i;
      } else {
        return values[place];
      }
    }
    return values[place];
  }
}
