package dev.braid.router;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.basic.ExternalPrediction;
import java.util.ArrayList;
import java.util.List;

/**
 * The features of a schema that are no external predictions: what the pool's own experts see.
 * Without such predictions it is the schema itself, and an instance is handed on as it is.
 */
final class Inside {
  private final Schema schema;

  /** Of each feature inside, its index in the full schema; null: all of them. */
  private final int[] columns;

  private final double[] scratch;

  private Inside(final Schema schema, final int[] columns) {
    this.schema = schema;
    this.columns = columns;
    scratch = columns == null ? null : new double[columns.length];
  }

  /**
   * @param external names of the models outside
   */
  static Inside of(final Schema full, final List<String> external) {
    if (external.isEmpty()) {
      return new Inside(full, null);
    }
    final List<Feature> features = new ArrayList<>();
    final List<Integer> columns = new ArrayList<>();
    for (int f = 0; f < full.featureCount(); f++) {
      final Feature feature = full.features().get(f);
      if (external.stream().noneMatch(model -> ExternalPrediction.isOf(model, feature))) {
        features.add(feature);
        columns.add(f);
      }
    }
    return features.size() == full.featureCount()
        ? new Inside(full, null)
        : new Inside(
            full.withFeatures(features), columns.stream().mapToInt(Integer::intValue).toArray());
  }

  Schema schema() {
    return schema;
  }

  /** What the schema inside has of an instance; valid until the next call. */
  double[] of(final double[] x) {
    if (columns == null) {
      return x;
    }
    for (int i = 0; i < columns.length; i++) {
      scratch[i] = x[columns[i]];
    }
    return scratch;
  }
}
