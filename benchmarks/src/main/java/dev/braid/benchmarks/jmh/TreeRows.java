package dev.braid.benchmarks.jmh;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
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

/**
 * The first rows of a stream in memory, handed out one by one in the same array or the same
 * instance of MOA's, as a reader of the stream does: what is measured is the learner, not the cache
 * misses of rows strewn over the heap.
 */
final class TreeRows {
  private static final int CENTROIDS = 50;
  private static final double SPEED = 0.0001;

  final InstancesHeader header;
  final Schema schema;
  final int[] labels;

  /** Row by row, the features and then the class. */
  private final double[] values;

  private final double[] x;
  private final double[] cells;
  private final Instance instance;

  private TreeRows(final InstancesHeader header, final List<Instance> rows) {
    this.header = header;
    schema = schemaOf(header);
    x = new double[schema.featureCount()];
    cells = new double[x.length + 1];
    instance = new DenseInstance(1.0, cells);
    instance.setDataset(header);
    labels = new int[rows.size()];
    values = new double[labels.length * cells.length];
    for (int row = 0; row < labels.length; row++) {
      final Instance read = rows.get(row);
      for (int cell = 0; cell < cells.length; cell++) {
        values[row * cells.length + cell] = read.value(cell);
      }
      labels[row] = (int) read.classValue();
    }
  }

  /** The features of a row, until the next one is asked for. */
  double[] x(final int row) {
    System.arraycopy(values, row * cells.length, x, 0, x.length);
    return x;
  }

  /** A row as an instance of MOA's, until the next one is asked for. */
  Instance instance(final int row) {
    System.arraycopy(values, row * cells.length, cells, 0, cells.length);
    return instance;
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
    final String folder = System.getProperty("braid.data");
    if (folder == null) {
      throw new IllegalStateException("set -Dbraid.data to the folder of the streams");
    }
    final Path path = Path.of(folder, name + ".arff.xz");
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
      throw new UncheckedIOException("-Dbraid.data names no folder with " + path.getFileName(), e);
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
