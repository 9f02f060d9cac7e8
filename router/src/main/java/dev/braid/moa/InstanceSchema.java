package dev.braid.moa;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;

/** The schema of the instances that MOA hands to a classifier. */
final class InstanceSchema {
  private InstanceSchema() {}

  static Schema of(final Instance instance) {
    final List<Feature> features = new ArrayList<>(instance.numAttributes() - 1);
    for (int i = 0; i < instance.numAttributes(); i++) {
      if (i != instance.classIndex()) {
        final Attribute attribute = instance.attribute(i);
        features.add(
            attribute.isNominal()
                ? new Feature(attribute.name(), Feature.Kind.NOMINAL, values(attribute))
                : Feature.numeric(attribute.name()));
      }
    }
    return new Schema(features, values(instance.classAttribute()));
  }

  private static List<String> values(final Attribute attribute) {
    final List<String> values = new ArrayList<>(attribute.numValues());
    for (int v = 0; v < attribute.numValues(); v++) {
      values.add(attribute.value(v));
    }
    return values;
  }
}
