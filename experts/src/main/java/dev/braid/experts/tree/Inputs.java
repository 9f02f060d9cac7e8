package dev.braid.experts.tree;

/**
 * The values of one instance that are present and that a leaf observes, numeric and nominal ones
 * apart, each with the place of its statistics in the row of a class.
 */
final class Inputs {
  private final LeafLayout layout;

  int numbers;
  final int[] numberAt;
  final double[] number;

  int values;
  final int[] valueAt;

  /** Values of the feature if they are kept in a table, else 0. */
  final int[] valuesInTable;

  final int[] value;

  Inputs(final LeafLayout layout) {
    this.layout = layout;
    numberAt = new int[layout.observed];
    number = new double[layout.observed];
    valueAt = new int[layout.observed];
    valuesInTable = new int[layout.observed];
    value = new int[layout.observed];
  }

  /** Takes an instance as the leaf sees it. */
  void take(final LeafView leaf, final double[] x) {
    numbers = 0;
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
    valueAt[values] = offset;
    valuesInTable[values] = layout.valuesInTable(feature);
    value[values++] = (int) present;
  }

  long sizeBytes() {
    return 48 + 5 * 16 + 24L * number.length;
  }
}
