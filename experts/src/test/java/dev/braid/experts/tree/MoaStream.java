package dev.braid.experts.tree;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import moa.options.ClassOption;
import moa.streams.ExampleStream;
import moa.streams.InstanceStream;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/** A stream of MOA's instances with the schema and the arrays that our learners take. */
final class MoaStream {
  private final InstancesHeader header;
  private final Supplier<Instance> source;

  private MoaStream(final InstancesHeader header, final Supplier<Instance> source) {
    this.header = header;
    this.source = source;
  }

  /** A generator by its command line, without end. */
  static MoaStream generator(final String commandLine) {
    try {
      final ExampleStream<?> stream =
          (ExampleStream<?>) ClassOption.cliStringToObject(commandLine, InstanceStream.class, null);
      if (stream instanceof moa.options.OptionHandler handler) {
        handler.prepareForUse();
      }
      return new MoaStream(stream.getHeader(), () -> (Instance) stream.nextInstance().getData());
    } catch (final Exception e) {
      throw new IllegalArgumentException(commandLine, e);
    }
  }

  /** A file of the data folder; the test is skipped where it is not there. */
  static MoaStream file(final String name) {
    final Path path = Path.of(System.getProperty("braid.data", "data"), name + ".arff.xz");
    Assumptions.assumeTrue(Files.exists(path), "no stream " + path);
    try {
      final BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new XZInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8));
      final Instances instances = new Instances(reader, 1, -1);
      instances.setClassIndex(instances.numAttributes() - 1);
      return new MoaStream(new InstancesHeader(instances), () -> read(instances, reader));
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instance read(final Instances instances, final BufferedReader reader) {
    if (!instances.readInstance(reader)) {
      return null;
    }
    final Instance instance = instances.instance(0);
    instances.delete();
    return instance;
  }

  InstancesHeader header() {
    return header;
  }

  /** The next instance, or null at the end. */
  Instance next() {
    return source.get();
  }

  Schema schema() {
    final List<Feature> features = new ArrayList<>();
    for (int i = 0; i < header.numAttributes() - 1; i++) {
      final Attribute attribute = header.attribute(i);
      features.add(
          attribute.isNominal()
              ? new Feature(attribute.name(), Feature.Kind.NOMINAL, attribute.getAttributeValues())
              : Feature.numeric(attribute.name()));
    }
    return new Schema(features, header.classAttribute().getAttributeValues());
  }

  static void copyFeatures(final Instance instance, final double[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = instance.isMissing(i) ? Double.NaN : instance.value(i);
    }
  }
}
