package dev.braid.jobs.operator;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How large a model may become by features, nominal values and classes: their limits bound each
 * alone, and their product is what fills a heap. Growth is refused before anything grows.
 *
 * <p>What an untrained learner takes is told from a few small ones, opened once: bytes are linear
 * in features, values and classes, and in the products of the first two with the last. What a
 * trained one will take is its size now, grown as the untrained one's.
 */
final class ModelBudget {
  /** What a name takes, in the schema and in the tables by name. */
  private static final long NAME_BYTES = 300;

  private static final int FEW_FEATURES = 16;
  private static final int MANY_FEATURES = 48;
  private static final int FEW_CLASSES = 2;
  private static final int MANY_CLASSES = 6;
  private static final int VALUES = 32;

  private final LearnerSpec spec;
  private final boolean schemaAlone;
  private long bytes;
  private double[] slopes;

  /**
   * @param bytes most that a model may take, greater than 0
   */
  ModelBudget(final LearnerSpec spec, final long bytes) {
    this.spec = spec;
    this.bytes = bytes;
    this.schemaAlone = false;
  }

  /**
   * Of models whose experts are elsewhere: what these hold is not known where growth is decided,
   * and only what an untrained model takes counts.
   */
  static ModelBudget ofSchemaAlone(final LearnerSpec spec) {
    return new ModelBudget(spec);
  }

  private ModelBudget(final LearnerSpec spec) {
    this.spec = spec;
    this.schemaAlone = true;
  }

  /** Follows what was decided elsewhere. */
  void limit(final long other) {
    bytes = other;
  }

  /**
   * What is configured, or a share of the heap that leaves room for growing, saving and the models
   * of all slots.
   *
   * @param configured {@code limits.model-bytes}, 0 for the share
   */
  static long bytes(final long configured, final long heap, final int slots) {
    return configured > 0 ? configured : Math.max(1, heap / 4 / slots);
  }

  /** How large a schema is. */
  private record Extent(long features, long values, long classes) {

    static Extent of(final Schema schema) {
      long values = 0;
      for (final Feature feature : schema.features()) {
        values += feature.values().size();
      }
      return new Extent(schema.featureCount(), values, schema.classCount());
    }
  }

  /**
   * Why a model may not grow, or null if it may.
   *
   * @param modelBytes what it takes now, 0 if it is to be opened
   * @param schema what it knows now
   * @param features number of features that it would gain
   * @param values number of nominal values that it would gain
   * @param classes number of classes that it would gain
   */
  String refusal(
      final long modelBytes,
      final Schema schema,
      final int features,
      final int values,
      final int classes) {
    final Extent now = Extent.of(schema);
    final Extent then =
        new Extent(now.features + features, now.values + values, now.classes + classes);
    final double untrained = untrained(then, schema);
    final double grown =
        (schemaAlone ? 0 : modelBytes) * Math.max(1, untrained / untrained(now, schema));
    final double needed = Math.max(untrained, grown);
    return needed <= bytes
        ? null
        : String.format(
            Locale.ROOT,
            "the model would take about %.1f MB with %d features, %d nominal values and %d classes,"
                + " %.1f MB are allowed (limits.model-bytes)",
            needed / (1 << 20),
            then.features,
            then.values,
            then.classes,
            bytes / (double) (1 << 20));
  }

  private double untrained(final Extent extent, final Schema schema) {
    if (slopes == null) {
      slopes = slopes(schema);
    }
    final double names = extent.features + extent.values + extent.classes;
    return slopes[0]
        + slopes[1] * extent.features
        + slopes[2] * extent.classes
        + slopes[3] * extent.features * extent.classes
        + slopes[4] * extent.values
        + slopes[5] * extent.values * extent.classes
        + NAME_BYTES * names;
  }

  private double[] slopes(final Schema schema) {
    final double a = opened(FEW_FEATURES, FEW_CLASSES, 0, schema);
    final double b = opened(MANY_FEATURES, FEW_CLASSES, 0, schema);
    final double c = opened(FEW_FEATURES, MANY_CLASSES, 0, schema);
    final double d = opened(MANY_FEATURES, MANY_CLASSES, 0, schema);
    final double u = (opened(FEW_FEATURES, FEW_CLASSES, VALUES, schema) - a) / VALUES;
    final double v = (opened(FEW_FEATURES, MANY_CLASSES, VALUES, schema) - c) / VALUES;
    final double few = (b - a) / (MANY_FEATURES - FEW_FEATURES);
    final double many = (d - c) / (MANY_FEATURES - FEW_FEATURES);
    final double both = Math.max(0, (many - few) / (MANY_CLASSES - FEW_CLASSES));
    final double perFeature = Math.max(0, few - both * FEW_CLASSES);
    final double perClass =
        Math.max(0, (c - a) / (MANY_CLASSES - FEW_CLASSES) - both * FEW_FEATURES);
    final double valueBoth = Math.max(0, (v - u) / (MANY_CLASSES - FEW_CLASSES));
    final double perValue = Math.max(0, u - valueBoth * FEW_CLASSES);
    final double base =
        a - perFeature * FEW_FEATURES - perClass * FEW_CLASSES - both * FEW_FEATURES * FEW_CLASSES;
    return new double[] {Math.max(1, base), perFeature, perClass, both, perValue, valueBoth};
  }

  /**
   * Bytes of an untrained learner; a feature is nominal where it gets values.
   *
   * @param schema tells what is predicted
   */
  private double opened(
      final int features, final int classes, final int values, final Schema schema) {
    final List<Feature> some = new ArrayList<>();
    for (int f = 0; f < features; f++) {
      final String[] known = new String[values / features];
      for (int v = 0; v < known.length; v++) {
        known[v] = "v" + v;
      }
      some.add(known.length == 0 ? Feature.numeric("f" + f) : Feature.nominal("f" + f, known));
    }
    final List<String> labels = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      labels.add("c" + c);
    }
    final Schema opened =
        schema.target() instanceof Target.Quantity
            ? Schema.ofQuantity(some)
            : new Schema(some, labels);
    try {
      return Presets.open(spec, opened).sizeBytes();
    } catch (final IllegalArgumentException tooSmall) {
      // An option too small for this schema is found again, and told, when a model is opened.
      return 64.0 * (features + values + 1) * (classes + 1);
    }
  }
}
