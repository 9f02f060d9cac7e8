package dev.braid.benchmarks.harness;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;
import moa.options.ClassOption;
import moa.streams.InstanceStream;

/** A MOA generator as a source, its last attribute being the class. */
final class MoaSource implements InstanceSource {
  private final InstanceStream stream;
  private final Schema schema;

  MoaSource(final String cli) {
    try {
      stream = (InstanceStream) ClassOption.cliStringToObject(cli, InstanceStream.class, null);
    } catch (final Exception e) {
      throw new IllegalArgumentException("no MOA stream: " + cli, e);
    }
    ((moa.options.OptionHandler) stream).prepareForUse();
    final InstancesHeader header = stream.getHeader();
    final List<Feature> features = new ArrayList<>();
    for (int i = 0; i < header.numAttributes() - 1; i++) {
      final Attribute attribute = header.attribute(i);
      features.add(
          attribute.isNominal()
              ? new Feature(attribute.name(), Feature.Kind.NOMINAL, attribute.getAttributeValues())
              : Feature.numeric(attribute.name()));
    }
    schema = new Schema(features, header.classAttribute().getAttributeValues());
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public Instance next() {
    final var row = stream.nextInstance().getData();
    final double[] x = new double[schema.featureCount()];
    for (int i = 0; i < x.length; i++) {
      x[i] = row.value(i);
    }
    return new Instance(x, (int) row.classValue());
  }
}
