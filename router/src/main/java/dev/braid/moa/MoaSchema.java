package dev.braid.moa;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** Translates between our schema and MOA's header. */
final class MoaSchema {
  private MoaSchema() {}

  /**
   * MOA's header for a schema, with the class attribute last: a feature has the same index in the
   * schema, in the model and in the instance, and keeps it when features are appended. (With the
   * class in front, MOA's NominalAttributeMultiwayTest would read the wrong attribute: it uses the
   * model's index for the instance.)
   */
  static InstancesHeader header(final Schema schema) {
    final List<Attribute> attributes = new ArrayList<>(schema.featureCount() + 1);
    for (final Feature feature : schema.features()) {
      attributes.add(
          feature.isNominal()
              ? new Attribute(feature.name(), List.copyOf(feature.values()))
              : new Attribute(feature.name()));
    }
    attributes.add(new Attribute("class", List.copyOf(schema.classes())));
    final InstancesHeader header = new InstancesHeader(new Instances("braid", attributes, 0));
    header.setClassIndex(attributes.size() - 1);
    return header;
  }

  /**
   * Our schema for a header of MOA, whose class attribute may be anywhere; a numeric one is a
   * number to be predicted.
   */
  static Schema schema(final InstancesHeader header) {
    final Attribute target = header.attribute(header.classIndex());
    final List<Feature> features =
        features(header.numAttributes(), header::attribute, header.classIndex());
    return target.isNominal() ? new Schema(features, values(target)) : Schema.ofQuantity(features);
  }

  /**
   * Our schema of classes for the header that an instance of MOA brings; a numeric class has none
   * yet.
   */
  static Schema ofClasses(final Instance instance) {
    final Attribute target = instance.attribute(instance.classIndex());
    return new Schema(features(instance), target.isNominal() ? values(target) : List.of());
  }

  /** Our schema of a number for the header that an instance of MOA brings. */
  static Schema ofNumber(final Instance instance) {
    return Schema.ofQuantity(features(instance));
  }

  private static List<Feature> features(final Instance instance) {
    return features(instance.numAttributes(), instance::attribute, instance.classIndex());
  }

  /**
   * MOA tells attributes apart by their place: where two have one name, ours say which they are.
   */
  private static List<Feature> features(
      final int count, final IntFunction<Attribute> attributes, final int classIndex) {
    final List<Feature> features = new ArrayList<>(count - 1);
    final Set<String> taken = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (i != classIndex) {
        final Attribute attribute = attributes.apply(i);
        String name = attribute.name();
        for (int number = 2; !taken.add(name); number++) {
          name = attribute.name() + '-' + number;
        }
        features.add(
            attribute.isNominal()
                ? new Feature(name, Feature.Kind.NOMINAL, values(attribute))
                : Feature.numeric(name));
      }
    }
    return features;
  }

  private static List<String> values(final Attribute attribute) {
    final List<String> values = new ArrayList<>(attribute.numValues());
    for (int v = 0; v < attribute.numValues(); v++) {
      values.add(attribute.value(v));
    }
    return values;
  }
}
