package dev.braid.moa;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;

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

  /** Our schema for a header of MOA, whose class attribute may be anywhere. */
  static Schema schema(final InstancesHeader header) {
    final List<Feature> features = new ArrayList<>(header.numAttributes() - 1);
    for (int i = 0; i < header.numAttributes(); i++) {
      if (i != header.classIndex()) {
        final Attribute attribute = header.attribute(i);
        features.add(
            attribute.isNominal()
                ? new Feature(attribute.name(), Feature.Kind.NOMINAL, values(attribute))
                : Feature.numeric(attribute.name()));
      }
    }
    return new Schema(features, values(header.classAttribute()));
  }

  private static List<String> values(final Attribute attribute) {
    final List<String> values = new ArrayList<>(attribute.numValues());
    for (int v = 0; v < attribute.numValues(); v++) {
      values.add(attribute.value(v));
    }
    return values;
  }
}
