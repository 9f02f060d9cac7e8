package dev.braid.data;

import dev.braid.state.image.ImageKind;
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
 * missing. A label is an index into {@link #classes()}, or the number where that is the {@link
 * #target()}.
 */
public final class Schema {

  private final List<Feature> features;
  private final GrowingNames classes;
  private final Map<String, Integer> featureIndex;
  private final Target target;

  /**
   * @throws IllegalArgumentException if two features, two classes or two values of one feature have
   *     the same name
   */
  public Schema(final List<Feature> features, final List<String> classes) {
    this(
        features.stream().map(Schema::indexed).toList(),
        GrowingNames.of("class", classes),
        index(features),
        false);
  }

  private Schema(
      final List<Feature> features,
      final GrowingNames classes,
      final Map<String, Integer> featureIndex,
      final boolean quantity) {
    this.features = features;
    this.classes = classes;
    this.featureIndex = featureIndex;
    target = quantity ? new Target.Quantity() : new Target.Classes(classes);
  }

  /** A schema whose target is a number. */
  public static Schema ofQuantity(final List<Feature> features) {
    return new Schema(
        features.stream().map(Schema::indexed).toList(),
        GrowingNames.of("class", List.of()),
        index(features),
        true);
  }

  /** The feature with values that are found by name at once. */
  private static Feature indexed(final Feature feature) {
    return feature.isNominal()
        ? new Feature(
            feature.name(), feature.kind(), GrowingNames.of(values(feature), feature.values()))
        : feature;
  }

  private static String values(final Feature feature) {
    return "value of feature '" + feature.name() + "'";
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

  /** What is predicted. */
  public Target target() {
    return target;
  }

  private boolean isQuantity() {
    return target instanceof Target.Quantity;
  }

  /** Names of the classes; none where the target is a number. */
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
    return classes.indexOf(name);
  }

  /** Index of a value of a nominal feature, or -1. */
  public int valueIndex(final int feature, final String value) {
    return features.get(feature).values().indexOf(value);
  }

  /** This schema with one more feature at the end. */
  public Schema withFeature(final Feature feature) {
    final List<Feature> more = new ArrayList<>(features);
    more.add(indexed(feature));
    return new Schema(List.copyOf(more), classes, index(more), isQuantity());
  }

  /** The same target with other features. */
  public Schema withFeatures(final List<Feature> others) {
    return new Schema(
        others.stream().map(Schema::indexed).toList(), classes, index(others), isQuantity());
  }

  /** This schema with one more value, at the end, of a nominal feature. */
  public Schema withValue(final int feature, final String value) {
    final Feature old = features.get(feature);
    final List<String> values = GrowingNames.of(values(old), old.values()).with(values(old), value);
    final List<Feature> changed = new ArrayList<>(features);
    changed.set(feature, new Feature(old.name(), old.kind(), values));
    return new Schema(List.copyOf(changed), classes, featureIndex, isQuantity());
  }

  /**
   * This schema with one more class at the end.
   *
   * @throws IllegalStateException if the target is a number
   */
  public Schema withClass(final String name) {
    if (isQuantity()) {
      throw new IllegalStateException(
          "the target is a number, and '" + name + "' would be a class");
    }
    return new Schema(features, classes.with("class", name), featureIndex, false);
  }

  /**
   * Writes the schema as a nested part of an image. Layout ({@code SCHM}, version 1): whether the
   * target is a number, number and names of the classes, number of features and of each the name,
   * whether it is nominal, and then number and names of its values.
   */
  public void write(final ImageWriter out) {
    out.begin(ImageKind.SCHEMA).putBoolean(isQuantity()).putInt(classes.size());
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
    in.begin(ImageKind.SCHEMA);
    final boolean quantity = in.getBoolean();
    final List<String> classes = strings(in);
    if (quantity && !classes.isEmpty()) {
      throw new MalformedImageException("a schema has classes, and its target is a number");
    }
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
      return quantity ? ofQuantity(features) : new Schema(features, classes);
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

  private static Map<String, Integer> index(final List<Feature> features) {
    final Map<String, Integer> index = new HashMap<>(features.size() * 2);
    for (int i = 0; i < features.size(); i++) {
      final String name = features.get(i).name();
      if (index.put(name, i) != null) {
        throw new IllegalArgumentException("feature '" + name + "' is there twice");
      }
    }
    return index;
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof Schema schema
        && features.equals(schema.features)
        && target.equals(schema.target);
  }

  @Override
  public int hashCode() {
    return 31 * features.hashCode() + target.hashCode();
  }

  @Override
  public String toString() {
    return features.size()
        + " features, "
        + (isQuantity() ? "a number" : classes.size() + " classes " + classes);
  }
}
