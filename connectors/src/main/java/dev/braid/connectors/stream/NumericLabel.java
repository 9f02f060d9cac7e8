package dev.braid.connectors.stream;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells numbers that are to be predicted as such from numbers that stand for classes. Classes are
 * whole numbers, not many, and close together or met again and again.
 */
final class NumericLabel {
  private static final int MOST_CLASSES = 100;
  private static final int FEW = 20;
  private static final int MET = 4;

  private NumericLabel() {}

  /**
   * @param cells labels without missing ones
   * @return a label that shows that they are numbers to be predicted, or null where they are
   *     classes
   */
  static String example(final List<String> cells, final NumberFormat format) {
    final Set<Double> different = new HashSet<>();
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (final String cell : cells) {
      final double number = format.parse(cell);
      if (Double.isNaN(number)) {
        return null;
      }
      if (number != Math.rint(number) || Double.isInfinite(number)) {
        return cell;
      }
      different.add(number);
      lowest = Math.min(lowest, number);
      highest = Math.max(highest, number);
    }
    if (cells.isEmpty() || different.size() <= 2) {
      return null;
    }
    final int count = different.size();
    final boolean close =
        highest - lowest < 2.0 * count && (count <= FEW || 2 * count <= cells.size());
    final boolean often = (long) MET * count <= cells.size();
    return count <= MOST_CLASSES && (close || often) ? null : cells.get(cells.size() - 1);
  }
}
