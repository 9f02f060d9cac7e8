package dev.braid.experts.moa;

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
   * MOA's header for a schema, with the class attribute at index 0: what a stream gains at run time
   * is appended, and no attribute that a trained classifier knows by its index ever moves.
   */
  static InstancesHeader header(final Schema schema) {
    final List<Attribute> attributes = new ArrayList<>(schema.featureCount() + 1);
    attributes.add(new Attribute("class", schema.classes()));
    for (final Feature feature : schema.features()) {
      attributes.add(
          feature.isNominal()
              ? new Attribute(feature.name(), feature.values())
              : new Attribute(feature.name()));
    }
    final InstancesHeader header = new InstancesHeader(new Instances("braid", attributes, 0));
    header.setClassIndex(0);
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
