package dev.braid.experts.tree;

/**
 * The values of one instance that are present and that a leaf observes, numeric ones, nominal ones
 * of two values and other nominal ones apart, each with the place of its statistics in the row of a
 * class.
 */
final class Inputs {
  private final LeafLayout layout;

  int numbers;
  final int[] numberAt;
  final double[] number;

  /** Values of features of two values; all others are in {@link #value}. */
  int pairs;

  final int[] pairAt;
  final int[] pairValue;

  int values;
  final int[] valueAt;

  /** Values of the feature if they are kept in a table, or 0 if in the row. */
  final int[] valuesInTable;

  final int[] value;

  Inputs(final LeafLayout layout) {
    this.layout = layout;
    numberAt = new int[layout.observed];
    number = new double[layout.observed];
    pairAt = new int[layout.observed];
    pairValue = new int[layout.observed];
    valueAt = new int[layout.observed];
    valuesInTable = new int[layout.observed];
    value = new int[layout.observed];
  }

  /** Takes an instance as the leaf sees it. */
  void take(final LeafView leaf, final double[] x) {
    numbers = 0;
    pairs = 0;
    values = 0;
    if (layout.marks == 0) {
      takeNumbers(x);
      takeValues(x);
    } else {
      takeMarked(leaf, x);
    }
  }

  private void takeNumbers(final double[] x) {
    final int[] features = layout.numericFeatures;
    final int[] offsets = layout.numericOffsets;
    int taken = 0;
    for (int i = 0; i < features.length; i++) {
      final double present = x[features[i]];
      if (Math.abs(present) <= Double.MAX_VALUE) {
        numberAt[taken] = offsets[i];
        number[taken++] = present;
      }
    }
    numbers = taken;
  }

  private void takeValues(final double[] x) {
    final int[] features = layout.nominalFeatures;
    for (int i = 0; i < features.length; i++) {
      final int feature = features[i];
      final double present = x[feature];
      if (present >= 0 && present < layout.values[feature]) {
        addValue(feature, layout.nominalOffsets[i], present);
      }
    }
  }

  private void takeMarked(final LeafView leaf, final double[] x) {
    for (int j = 0; j < leaf.count; j++) {
      final int feature = leaf.features[j];
      final double present = x[feature];
      if (!layout.isPresent(feature, present) || leaf.stopped(j)) {
        continue;
      }
      if (layout.nominal[feature]) {
        addValue(feature, leaf.offset(j), present);
      } else {
        numberAt[numbers] = leaf.offset(j);
        number[numbers++] = present;
      }
    }
  }

  private void addValue(final int feature, final int offset, final double present) {
    if (layout.isPair(feature)) {
      pairAt[pairs] = offset;
      pairValue[pairs++] = (int) present;
    } else {
      valueAt[values] = offset;
      valuesInTable[values] = layout.valuesInTable(feature);
      value[values++] = (int) present;
    }
  }

  long sizeBytes() {
    return 56 + 7 * 16 + 32L * number.length;
  }
}
