package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns events into instances of one model's schema.
 *
 * <p>An open schema grows with what events bring: a feature is numeric if the first value met is a
 * number and nominal if it is text. A declared schema has the features it was given. In both,
 * nominal features gain values as they are met.
 */
final class FeatureMapper {
  private final int highestFeatures;
  private final int highestValues;
  private final boolean open;

  private Schema schema;
  private double[] x;

  // Events of one producer name their features in the same order: the indices found for one event
  // serve the next.
  private String[] names = new String[0];
  private int[] indices = new int[0];

  /**
   * @param schema what is known now
   * @param open whether features not in it are added
   * @param highestFeatures features beyond are ignored
   * @param highestValues values of a nominal feature beyond count as missing
   */
  FeatureMapper(
      final Schema schema, final boolean open, final int highestFeatures, final int highestValues) {
    this.open = open;
    this.highestFeatures = highestFeatures;
    this.highestValues = highestValues;
    this.schema = schema;
    this.x = new double[schema.featureCount()];
  }

  /** Features as they are known after the last event; larger than before where it brought news. */
  Schema schema() {
    return schema;
  }

  /** Takes over a schema that another part has grown, by a class. */
  void schema(final Schema larger) {
    schema = larger;
  }

  /** The instance made from the last event, shape [features]; written again by the next. */
  double[] x() {
    return x;
  }

  /**
   * Why the event cannot be an instance, or null if it can; changes nothing.
   *
   * <p>The only reasons are a text where the model has a numeric feature, and a model that would
   * have no feature at all.
   */
  String refusal(final Event event) {
    final int[] at = indices(event.names());
    boolean any = schema.featureCount() > 0;
    for (int i = 0; i < at.length; i++) {
      if (at[i] < 0) {
        any |= isPresent(event, i);
      } else if (event.texts()[i] != null && !schema.features().get(at[i]).isNominal()) {
        return "feature '"
            + event.names()[i]
            + "' is a number in this model, but the event has the text '"
            + shortened(event.texts()[i])
            + "'";
      }
    }
    return any ? null : "the event has no feature with a value, and its model knows none yet";
  }

  /**
   * Makes an instance of an event that was not refused, and lets the schema grow by what is new in
   * it.
   *
   * @return values that were ignored because the schema has no place for them
   */
  int map(final Event event) {
    if (open && hasNewFeature(event)) {
      addFeatures(event);
    }
    if (x.length != schema.featureCount()) {
      x = new double[schema.featureCount()];
    }
    Arrays.fill(x, Double.NaN);
    final int[] at = indices(event.names());
    int ignored = 0;
    for (int i = 0; i < at.length; i++) {
      if (at[i] < 0) {
        ignored += isPresent(event, i) ? 1 : 0;
      } else if (schema.features().get(at[i]).isNominal()) {
        if (isPresent(event, i)) {
          final int value = valueIndex(at[i], event.text(i));
          ignored += value < 0 ? 1 : 0;
          x[at[i]] = value < 0 ? Double.NaN : value;
        }
      } else {
        final double number = event.numbers()[i];
        x[at[i]] = Double.isFinite(number) ? number : Double.NaN;
      }
    }
    return ignored;
  }

  private int valueIndex(final int feature, final String value) {
    final int known = schema.valueIndex(feature, value);
    if (known >= 0 || schema.features().get(feature).values().size() >= highestValues) {
      return known;
    }
    schema = schema.withValue(feature, value);
    return schema.valueIndex(feature, value);
  }

  private boolean hasNewFeature(final Event event) {
    final int[] at = indices(event.names());
    for (int i = 0; i < at.length; i++) {
      if (at[i] < 0 && isPresent(event, i)) {
        return schema.featureCount() < highestFeatures;
      }
    }
    return false;
  }

  private void addFeatures(final Event event) {
    final int[] at = indices(event.names());
    final List<Feature> features = new ArrayList<>(schema.features());
    for (int i = 0; i < at.length && features.size() < highestFeatures; i++) {
      if (at[i] < 0 && isPresent(event, i)) {
        final String name = event.names()[i];
        features.add(
            event.texts()[i] == null
                ? Feature.numeric(name)
                : Feature.nominal(name, event.texts()[i]));
      }
    }
    schema = new Schema(features, schema.classes());
    names = new String[0];
  }

  private int[] indices(final String[] wanted) {
    if (!Arrays.equals(names, wanted)) {
      indices = new int[wanted.length];
      for (int i = 0; i < wanted.length; i++) {
        indices[i] = schema.featureIndex(wanted[i]);
      }
      names = wanted;
    }
    return indices;
  }

  private static boolean isPresent(final Event event, final int i) {
    return event.texts()[i] != null || Double.isFinite(event.numbers()[i]);
  }

  private static String shortened(final String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
