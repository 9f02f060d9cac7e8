package dev.braid.data;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The features and classes of a stream. Immutable; what is met at run time (a new class, a new
 * nominal value, a new feature) makes a larger schema that keeps every index of the smaller one.
 *
 * <p>An instance of the schema is a {@code double[]} with one element per feature, in schema order:
 * the number itself, or the index of a nominal value; {@link Double#NaN} where the value is
 * missing. A label is an index into {@link #classes()}.
 */
public final class Schema {
  private static final String KIND = "SCHM";
  private static final int VERSION = 1;

  private final List<Feature> features;
  private final List<String> classes;
  private final Map<String, Integer> featureIndex;
  private final Map<String, Integer> classIndex;
  private final List<Map<String, Integer>> valueIndex;

  /**
   * @throws IllegalArgumentException if two features, two classes or two values of one feature have
   *     the same name
   */
  public Schema(final List<Feature> features, final List<String> classes) {
    this.features = List.copyOf(features);
    this.classes = List.copyOf(classes);
    this.featureIndex = index("feature", this.features.stream().map(Feature::name).toList());
    this.classIndex = index("class", this.classes);
    this.valueIndex = new ArrayList<>(this.features.size());
    for (final Feature feature : this.features) {
      valueIndex.add(
          feature.isNominal()
              ? index("value of feature '" + feature.name() + "'", feature.values())
              : Map.of());
    }
  }

  private Schema(final Schema from, final List<Feature> features, final int changedFeature) {
    this.features = List.copyOf(features);
    this.classes = from.classes;
    this.classIndex = from.classIndex;
    this.featureIndex =
        features.size() == from.features.size()
            ? from.featureIndex
            : index("feature", this.features.stream().map(Feature::name).toList());
    final Feature changed = features.get(changedFeature);
    final Map<String, Integer> values =
        changed.isNominal() ? index("value", changed.values()) : Map.of();
    this.valueIndex = new ArrayList<>(from.valueIndex);
    if (changedFeature < valueIndex.size()) {
      valueIndex.set(changedFeature, values);
    } else {
      valueIndex.add(values);
    }
  }

  /** A schema of numeric features named {@code x0, x1, ...} and classes {@code 0, 1, ...}. */
  public static Schema numeric(final int features, final int classes) {
    final List<Feature> named = new ArrayList<>(features);
    for (int i = 0; i < features; i++) {
      named.add(Feature.numeric("x" + i));
    }
    final String[] labels = new String[classes];
    Arrays.setAll(labels, Integer::toString);
    return new Schema(named, List.of(labels));
  }

  public List<Feature> features() {
    return features;
  }

  public List<String> classes() {
    return classes;
  }

  public int featureCount() {
    return features.size();
  }

  public int classCount() {
    return classes.size();
  }

  /** Index of the feature with that name, or -1. */
  public int featureIndex(final String name) {
    return featureIndex.getOrDefault(name, -1);
  }

  /** Index of the class with that name, or -1. */
  public int classIndex(final String name) {
    return classIndex.getOrDefault(name, -1);
  }

  /** Index of a value of a nominal feature, or -1. */
  public int valueIndex(final int feature, final String value) {
    return valueIndex.get(feature).getOrDefault(value, -1);
  }

  /** This schema with one more feature at the end. */
  public Schema withFeature(final Feature feature) {
    final List<Feature> more = new ArrayList<>(features);
    more.add(feature);
    return new Schema(this, more, features.size());
  }

  /** This schema with one more value, at the end, of a nominal feature. */
  public Schema withValue(final int feature, final String value) {
    final Feature old = features.get(feature);
    final List<String> values = new ArrayList<>(old.values());
    values.add(value);
    final List<Feature> changed = new ArrayList<>(features);
    changed.set(feature, new Feature(old.name(), old.kind(), values));
    return new Schema(this, changed, feature);
  }

  /** This schema with one more class at the end. */
  public Schema withClass(final String name) {
    final List<String> more = new ArrayList<>(classes);
    more.add(name);
    return new Schema(features, more);
  }

  /** Writes the schema as a nested part of an image. */
  public void write(final ImageWriter out) {
    out.begin(KIND, VERSION).putInt(classes.size());
    classes.forEach(out::putString);
    out.putInt(features.size());
    for (final Feature feature : features) {
      out.putString(feature.name()).putBoolean(feature.isNominal());
      if (feature.isNominal()) {
        out.putInt(feature.values().size());
        feature.values().forEach(out::putString);
      }
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not a schema
   */
  public static Schema read(final ImageReader in) {
    in.begin(KIND, VERSION);
    final List<String> classes = strings(in);
    final int count = in.getIntIn(0, in.remaining(), "number of features");
    final List<Feature> features = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      final String name = in.getString();
      features.add(
          in.getBoolean()
              ? new Feature(name, Feature.Kind.NOMINAL, strings(in))
              : Feature.numeric(name));
    }
    try {
      return new Schema(features, classes);
    } catch (final IllegalArgumentException duplicate) {
      throw new MalformedImageException("schema: " + duplicate.getMessage());
    }
  }

  private static List<String> strings(final ImageReader in) {
    final int count = in.getIntIn(0, in.remaining(), "number of names");
    final List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(in.getString());
    }
    return names;
  }

  private static Map<String, Integer> index(final String what, final List<String> names) {
    final Map<String, Integer> index = new HashMap<>(names.size() * 2);
    for (int i = 0; i < names.size(); i++) {
      if (index.put(names.get(i), i) != null) {
        throw new IllegalArgumentException(what + " '" + names.get(i) + "' is there twice");
      }
    }
    return index;
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof Schema schema
        && features.equals(schema.features)
        && classes.equals(schema.classes);
  }

  @Override
  public int hashCode() {
    return 31 * features.hashCode() + classes.hashCode();
  }

  @Override
  public String toString() {
    return features.size() + " features, " + classes.size() + " classes " + classes;
  }
}
