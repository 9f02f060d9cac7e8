package dev.braid.benchmarks.jmh;

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
import moa.streams.generators.RandomRBFGeneratorDrift;
import org.tukaani.xz.XZInputStream;

/** The first rows of a stream in memory, as MOA's instances and as the arrays of our learners. */
final class TreeRows {
  private static final int CENTROIDS = 50;
  private static final double SPEED = 0.0001;

  final InstancesHeader header;
  final Schema schema;
  final Instance[] instances;
  final double[][] x;
  final int[] labels;

  private TreeRows(final InstancesHeader header, final List<Instance> rows) {
    this.header = header;
    instances = rows.toArray(new Instance[0]);
    schema = schemaOf(header);
    x = new double[instances.length][schema.featureCount()];
    labels = new int[instances.length];
    for (int row = 0; row < x.length; row++) {
      for (int f = 0; f < x[row].length; f++) {
        x[row][f] = instances[row].value(f);
      }
      labels[row] = (int) instances[row].classValue();
    }
  }

  /**
   * @param stream elec, covt or airl, read from the folder in the system property {@code
   *     braid.data}; or rbf_m
   * @param most how many rows to take
   */
  static TreeRows of(final String stream, final int most) {
    return switch (stream) {
      case "elec" -> file("electricity", most);
      case "covt" -> file("covtype100k", most);
      case "airl" -> file("airlines", most);
      case "rbf_m" -> movingCentres(most);
      default -> throw new IllegalArgumentException("no stream " + stream);
    };
  }

  private static TreeRows movingCentres(final int most) {
    final RandomRBFGeneratorDrift generator = new RandomRBFGeneratorDrift();
    generator.numDriftCentroidsOption.setValue(CENTROIDS);
    generator.speedChangeOption.setValue(SPEED);
    generator.prepareForUse();
    final List<Instance> rows = new ArrayList<>();
    for (int row = 0; row < most; row++) {
      rows.add(generator.nextInstance().getData());
    }
    return new TreeRows(generator.getHeader(), rows);
  }

  private static TreeRows file(final String name, final int most) {
    final Path path =
        Path.of(System.getProperty("braid.data", "../shared/data"), name + ".arff.xz");
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      final Instances read = new Instances(reader, 1, -1);
      read.setClassIndex(read.numAttributes() - 1);
      final List<Instance> rows = new ArrayList<>();
      while (rows.size() < most && read.readInstance(reader)) {
        rows.add(read.instance(0));
        read.delete();
      }
      return new TreeRows(new InstancesHeader(read), rows);
    } catch (final IOException e) {
      throw new UncheckedIOException("set -Dbraid.data to the folder of the streams", e);
    }
  }

  private static Schema schemaOf(final InstancesHeader header) {
    final List<Feature> features = new ArrayList<>();
    for (int f = 0; f < header.numAttributes() - 1; f++) {
      final Attribute attribute = header.attribute(f);
      features.add(
          attribute.isNominal()
              ? new Feature(attribute.name(), Feature.Kind.NOMINAL, attribute.getAttributeValues())
              : Feature.numeric(attribute.name()));
    }
    return new Schema(features, header.classAttribute().getAttributeValues());
  }
}
