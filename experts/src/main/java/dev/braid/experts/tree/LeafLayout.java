package dev.braid.experts.tree;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.Arrays;

/**
 * Where the statistics of a leaf lie. All slots of leaves have the same layout, and all rows.
 *
 * <pre>
 * slot of a leaf
 *   marks       one double per observed feature: 1 where the leaf has stopped observing it
 *               (only if poor features are removed), or the feature's index (only if each leaf
 *               observes its own subspace)
 *   rows        one double per class: its row + 1, or 0 until the class is met in the leaf
 * row of a class, per observed feature
 *   numeric     weight, mean, sum of squared deviations, least value, greatest value
 *   nominal, of up to 2 values
 *               weight of each value
 *   nominal     weight, highest value met + 1, weight of each value
 *   nominal, of more than 32 values
 *               weight, highest value met + 1, name of the table of weights or 0
 * tables        as in {@link ValueTables}
 * </pre>
 *
 * There is room for {@link #classCapacity} classes and {@link #valueCapacity} values, so that a new
 * class or value seldom makes a new layout.
 */
final class LeafLayout {
  static final int NUMERIC_ROW = 5;
  static final int NOMINAL_ROW_HEAD = 2;
  static final int PAIR_ROW = 2;

  /** The most values that each row has room for; more are kept in tables. */
  private static final int MOST_VALUES_IN_ROW = 32;

  /** Classes of the schema and those there is room for. */
  final int classes;

  final int classCapacity;

  /** Per feature of the schema: values known (0 if numeric) and those there is room for. */
  final int[] values;

  final int[] valueCapacity;

  /** The most values that there is room for, of all features. */
  final int mostValues;

  final boolean[] nominal;

  /** The features the tree sees, in ascending order. */
  final int[] visible;

  /** How many of them a leaf observes. */
  final int observed;

  /** Where the features start in a row, if every leaf observes all of {@link #visible}. */
  final int[] offsets;

  /** The numeric and the nominal ones of {@link #visible}, and where they start. */
  final int[] numericFeatures;

  final int[] numericOffsets;
  final int[] nominalFeatures;
  final int[] nominalOffsets;

  final int marks;

  /** Doubles in the row of one class. */
  final int rowStride;

  /** What is read of a class not met in a leaf. */
  final double[] zeros;

  LeafLayout(
      final Schema schema,
      final int classCapacity,
      final int[] valueCapacity,
      final int[] visible,
      final HoeffdingTreeOptions options) {
    this.classes = schema.classCount();
    this.classCapacity = classCapacity;
    this.valueCapacity = valueCapacity;
    this.visible = visible;
    final int features = schema.featureCount();
    values = new int[features];
    nominal = new boolean[features];
    int most = 0;
    for (int f = 0; f < features; f++) {
      final Feature feature = schema.features().get(f);
      nominal[f] = feature.isNominal();
      values[f] = feature.values().size();
      most = Math.max(most, valueCapacity[f]);
    }
    mostValues = most;
    final boolean subspace = options.leafSubspace() > 0 && options.leafSubspace() < visible.length;
    observed = subspace ? options.leafSubspace() : visible.length;
    final boolean flagged =
        options.removePoorFeatures() && options.leafPrediction() == LeafPrediction.MAJORITY_CLASS;
    marks = subspace || flagged ? observed : 0;
    offsets = new int[visible.length];
    int at = 0;
    for (int j = 0; j < visible.length; j++) {
      offsets[j] = at;
      at += size(visible[j]);
    }
    int numbers = 0;
    for (final int f : visible) {
      numbers += nominal[f] ? 0 : 1;
    }
    numericFeatures = new int[numbers];
    numericOffsets = new int[numbers];
    nominalFeatures = new int[visible.length - numbers];
    nominalOffsets = new int[visible.length - numbers];
    divide();
    rowStride = subspace ? largestSizes() : at;
    zeros = new double[rowStride];
  }

  /**
   * Tells numeric features from nominal ones; in loops, since every tree that is loaded does it.
   */
  private void divide() {
    int numbers = 0;
    for (int j = 0; j < visible.length; j++) {
      final int feature = visible[j];
      if (nominal[feature]) {
        nominalFeatures[j - numbers] = feature;
        nominalOffsets[j - numbers] = offsets[j];
      } else {
        numericFeatures[numbers] = feature;
        numericOffsets[numbers++] = offsets[j];
      }
    }
  }

  /** The layout of a new tree: no spare room. */
  static LeafLayout of(
      final Schema schema, final int[] visible, final HoeffdingTreeOptions options) {
    final int[] valueCapacity = new int[schema.featureCount()];
    Arrays.setAll(valueCapacity, f -> schema.features().get(f).values().size());
    return new LeafLayout(
        schema, Math.max(1, schema.classCount()), valueCapacity, visible, options);
  }

  /** The layout for a larger schema; it has the same slots wherever the room suffices. */
  LeafLayout grown(
      final Schema schema, final int[] nowVisible, final HoeffdingTreeOptions options) {
    final int[] capacity = Arrays.copyOf(valueCapacity, schema.featureCount());
    for (int f = 0; f < capacity.length; f++) {
      capacity[f] = grownCapacity(capacity[f], schema.features().get(f).values().size());
    }
    return new LeafLayout(
        schema, grownCapacity(classCapacity, schema.classCount()), capacity, nowVisible, options);
  }

  private static int grownCapacity(final int capacity, final int needed) {
    return needed <= capacity ? capacity : Math.max(needed, capacity + capacity / 4 + 1);
  }

  /** Whether slots of the other layout can be used as they are. */
  boolean sameSlots(final LeafLayout other) {
    return classCapacity == other.classCapacity
        && rowStride == other.rowStride
        && Arrays.equals(valueCapacity, other.valueCapacity)
        && Arrays.equals(visible, other.visible);
  }

  /** Whether each leaf has a subspace of its own. */
  boolean hasLeafSubspaces() {
    return observed < visible.length;
  }

  /** Doubles of a feature in a row. */
  int size(final int feature) {
    if (!nominal[feature]) {
      return NUMERIC_ROW;
    }
    if (isPair(feature)) {
      return PAIR_ROW;
    }
    return NOMINAL_ROW_HEAD + (valuesInTable(feature) > 0 ? 1 : valueCapacity[feature]);
  }

  /** Whether a nominal feature's row is nothing but the weights of two values. */
  boolean isPair(final int feature) {
    return valueCapacity[feature] <= PAIR_ROW;
  }

  /** Where the weights of the values of a nominal feature begin in its row. */
  int head(final int feature) {
    return isPair(feature) ? 0 : NOMINAL_ROW_HEAD;
  }

  /** Values there is room for if they are kept in tables, else 0. */
  int valuesInTable(final int feature) {
    return valueCapacity[feature] > MOST_VALUES_IN_ROW ? valueCapacity[feature] : 0;
  }

  /** The most values of any feature kept in tables. */
  int mostValuesInTables() {
    int most = 0;
    for (final int feature : visible) {
      most = Math.max(most, valuesInTable(feature));
    }
    return most;
  }

  /** Whether a feature's value is there: finite, and one of the known values if nominal. */
  boolean isPresent(final int feature, final double value) {
    return nominal[feature]
        ? value >= 0 && value < values[feature]
        : Math.abs(value) <= Double.MAX_VALUE;
  }

  private int largestSizes() {
    final int[] sizes = new int[visible.length];
    for (int j = 0; j < sizes.length; j++) {
      sizes[j] = size(visible[j]);
    }
    Arrays.sort(sizes);
    int sum = 0;
    for (int j = sizes.length - observed; j < sizes.length; j++) {
      sum += sizes[j];
    }
    return sum;
  }

  long sizeBytes() {
    return 10 * 16
        + 112
        + 8L * rowStride
        + nominal.length
        + 4L * (values.length + valueCapacity.length + 3L * visible.length + offsets.length);
  }
}
