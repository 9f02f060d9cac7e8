package dev.braid.experts.tree;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.Arrays;

/**
 * Where the statistics of a leaf lie in its slot. All slots of a tree have the same layout.
 *
 * <pre>
 * marks         one double per observed feature: 1 where the leaf has stopped observing it
 *               (only if poor features are removed), or the feature's index (only if each leaf
 *               observes its own subspace)
 * per observed feature, one row per class:
 *   numeric     weight, mean, sum of squared deviations, least value, greatest value
 *   nominal     weight, highest value met + 1, weight of each value
 * </pre>
 *
 * Rows exist for {@link #classCapacity} classes and {@link #valueCapacity} values, so that a new
 * class or value seldom makes a new layout.
 */
final class LeafLayout {
  static final int NUMERIC_ROW = 5;
  static final int NOMINAL_ROW_HEAD = 2;

  /** Classes of the schema and those there is room for. */
  final int classes;

  final int classCapacity;

  /** Per feature of the schema: values known (0 if numeric) and those there is room for. */
  final int[] values;

  final int[] valueCapacity;
  final boolean[] nominal;

  /** The features the tree sees, in ascending order. */
  final int[] visible;

  /** How many of them a leaf observes. */
  final int observed;

  /** Where the features start, if every leaf observes all of {@link #visible}. */
  final int[] offsets;

  final int marks;

  /** Doubles per slot. */
  final int stride;

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
    for (int f = 0; f < features; f++) {
      final Feature feature = schema.features().get(f);
      nominal[f] = feature.isNominal();
      values[f] = feature.values().size();
    }
    final boolean subspace = options.leafSubspace() > 0 && options.leafSubspace() < visible.length;
    observed = subspace ? options.leafSubspace() : visible.length;
    final boolean flagged =
        options.removePoorFeatures() && options.leafPrediction() == LeafPrediction.MAJORITY_CLASS;
    marks = subspace || flagged ? observed : 0;
    offsets = new int[visible.length];
    int at = marks;
    for (int j = 0; j < visible.length; j++) {
      offsets[j] = at;
      at += size(visible[j]);
    }
    stride = subspace ? marks + largestSizes() : at;
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
        && stride == other.stride
        && Arrays.equals(valueCapacity, other.valueCapacity)
        && Arrays.equals(visible, other.visible);
  }

  /** Whether each leaf has a subspace of its own. */
  boolean hasLeafSubspaces() {
    return observed < visible.length;
  }

  /** Doubles in the row of one class. */
  int row(final int feature) {
    return nominal[feature] ? NOMINAL_ROW_HEAD + valueCapacity[feature] : NUMERIC_ROW;
  }

  /** Doubles of one feature. */
  int size(final int feature) {
    return classCapacity * row(feature);
  }

  /** Whether a feature's value is there: finite, and one of the known values if nominal. */
  boolean isPresent(final int feature, final double value) {
    return nominal[feature]
        ? value >= 0 && value < values[feature]
        : Math.abs(value) <= Double.MAX_VALUE;
  }

  private int largestSizes() {
    final int[] sizes = new int[visible.length];
    Arrays.setAll(sizes, j -> size(visible[j]));
    Arrays.sort(sizes);
    int sum = 0;
    for (int j = sizes.length - observed; j < sizes.length; j++) {
      sum += sizes[j];
    }
    return sum;
  }

  long sizeBytes() {
    return 5 * 16
        + 80
        + nominal.length
        + 4L * (values.length + valueCapacity.length + visible.length + offsets.length);
  }
}
