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
 * <p>An open schema grows with what events bring. A feature is numeric if its first value is a
 * number, written as such or as text, and nominal otherwise; where most of its first values say
 * something else, it is {@linkplain #correct corrected}. A declared schema has the features it was
 * given. In both, nominal features gain values as they are met.
 */
final class FeatureMapper {
  private final int highestFeatures;
  private final int highestValues;
  private final boolean open;
  private final FeatureTypes types;

  private Schema schema;
  private double[] x;

  // What the event read last brings that the schema has no place for.
  private int ignored;
  private int newFeatures;
  private int newValues;

  // Events of one producer name their features in the same order: the indices found for one event
  // serve the next.
  private String[] names = new String[0];
  private int[] indices = new int[0];

  /**
   * @param schema what is known now
   * @param types what is known of the features' types, if the schema is open; changes with the
   *     events
   * @param open whether features not in it are added
   * @param highestFeatures features beyond are ignored
   * @param highestValues values of a nominal feature beyond count as missing
   */
  FeatureMapper(
      final Schema schema,
      final FeatureTypes types,
      final boolean open,
      final int highestFeatures,
      final int highestValues) {
    this.open = open;
    this.types = types;
    this.highestFeatures = highestFeatures;
    this.highestValues = highestValues;
    this.schema = schema;
    this.x = new double[schema.featureCount()];
  }

  /** Features as they are known now. */
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
   * Makes an instance of an event, as far as the schema has a place for its values; the schema
   * stays as it is.
   *
   * @return why the event cannot be an instance, or null if it can: it has a text where a declared
   *     feature is numeric, or the model would have no feature at all
   */
  String read(final Event event) {
    if (x.length != schema.featureCount()) {
      x = new double[schema.featureCount()];
    }
    Arrays.fill(x, Double.NaN);
    ignored = 0;
    newFeatures = 0;
    newValues = 0;
    final int[] at = indices(event.names());
    boolean any = x.length > 0;
    for (int i = 0; i < at.length; i++) {
      if (at[i] < 0) {
        any |= readUnknown(event, i);
      } else if (schema.features().get(at[i]).isNominal()) {
        readNominal(event, i, at[i]);
      } else if (!readNumeric(event, i, at[i])) {
        return "feature '"
            + event.names()[i]
            + "' is a number in this model, but the event has the text '"
            + shortened(event.texts()[i])
            + "'";
      }
    }
    return any ? null : "the event has no feature with a value, and its model knows none yet";
  }

  private boolean readUnknown(final Event event, final int i) {
    if (!isPresent(event, i)) {
      return false;
    }
    if (open && schema.featureCount() + newFeatures < highestFeatures) {
      newFeatures++;
      newValues += isNumber(event, i) ? 0 : 1;
    } else {
      ignored++;
    }
    return true;
  }

  private void readNominal(final Event event, final int i, final int feature) {
    final String text = event.text(i);
    if (text == null) {
      return;
    }
    final int value = schema.valueIndex(feature, text);
    if (value >= 0) {
      x[feature] = value;
    } else if (schema.features().get(feature).values().size() < highestValues) {
      newValues++;
    } else {
      ignored++;
    }
  }

  /** Takes a number, or else nothing; false where it is a text that a declared schema forbids. */
  private boolean readNumeric(final Event event, final int i, final int feature) {
    final double number = event.number(i);
    if (Double.isFinite(number)) {
      x[feature] = number;
    } else if (event.texts()[i] != null) {
      ignored++;
      return open;
    }
    return true;
  }

  /** Values of the event read last that were ignored because the schema has no place for them. */
  int ignored() {
    return ignored;
  }

  /** Features that the event read last would add to the schema. */
  int newFeatures() {
    return newFeatures;
  }

  /** Nominal values that the event read last would add to the schema. */
  int newValues() {
    return newValues;
  }

  /** Lets the schema grow by what the event read last has that is new, and reads it again. */
  void grow(final Event event) {
    if (newFeatures > 0) {
      addFeatures(event);
    }
    final int[] at = indices(event.names());
    for (int i = 0; i < at.length; i++) {
      if (at[i] >= 0 && schema.features().get(at[i]).isNominal()) {
        addValue(at[i], event.text(i));
      }
    }
    read(event);
  }

  private void addValue(final int feature, final String value) {
    if (value != null
        && schema.valueIndex(feature, value) < 0
        && schema.features().get(feature).values().size() < highestValues) {
      schema = schema.withValue(feature, value);
    }
  }

  private void addFeatures(final Event event) {
    final int[] at = indices(event.names());
    final List<Feature> features = new ArrayList<>(schema.features());
    for (int i = 0; i < at.length && features.size() < highestFeatures; i++) {
      if (at[i] < 0 && isPresent(event, i)) {
        final String name = event.names()[i];
        features.add(
            isNumber(event, i) ? Feature.numeric(name) : Feature.nominal(name, event.texts()[i]));
      }
    }
    replace(schema.withFeatures(features));
  }

  private void replace(final Schema other) {
    schema = other;
    names = new String[0];
  }

  /**
   * Notes what the values of the event read last are.
   *
   * @return a feature whose type is to be corrected, or -1; the next event brings the next
   */
  int observe(final Event event) {
    if (!open || types.settled(schema.featureCount())) {
      return -1;
    }
    types.grow(schema.featureCount());
    final int[] at = indices(event.names());
    int wrong = -1;
    for (int i = 0; i < at.length; i++) {
      if (at[i] >= 0 && isPresent(event, i)) {
        final boolean nominal = schema.features().get(at[i]).isNominal();
        if (types.add(at[i], isNumber(event, i), nominal) && wrong < 0) {
          wrong = at[i];
        }
      }
    }
    return wrong;
  }

  /**
   * A schema in which a feature has the other type. Its values so far stay where they are, under
   * another name, since learners and events that wait for labels know them by their place; the
   * feature itself begins anew at the end.
   */
  Schema corrected(final int feature) {
    final Feature old = schema.features().get(feature);
    String name = old.name() + (old.isNominal() ? " (as text)" : " (as number)");
    while (schema.featureIndex(name) >= 0) {
      name += "'";
    }
    final List<Feature> features = new ArrayList<>(schema.features());
    features.set(feature, new Feature(name, old.kind(), old.values()));
    features.add(old.isNominal() ? Feature.numeric(old.name()) : Feature.nominal(old.name()));
    return schema.withFeatures(features);
  }

  /** Goes on with a schema that {@link #corrected} gave. */
  void correct(final Schema corrected) {
    replace(corrected);
    types.grow(corrected.featureCount());
    types.settle(corrected.featureCount() - 1);
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

  private static boolean isNumber(final Event event, final int i) {
    return Double.isFinite(event.number(i));
  }

  private static String shortened(final String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
