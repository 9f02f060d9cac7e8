package dev.braid.benchmarks.harness;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.Classifier;
import moa.core.Utils;
import moa.options.ClassOption;

/** A MOA classifier, driven as MOA's own {@code EvaluatePrequential} does. */
final class MoaContestant implements Contestant<com.yahoo.labs.samoa.instances.Instance> {
  private final Classifier classifier;
  private Schema schema;
  private InstancesHeader header;
  private double[] prediction = new double[0];

  /**
   * @param cli the classifier as on MOA's command line, e.g. {@code trees.HoeffdingTree -g 50}
   * @throws IllegalArgumentException if MOA does not understand the string
   */
  MoaContestant(final String cli, final long seed, final Schema schema) {
    this.classifier = open(cli);
    if (classifier instanceof AbstractClassifier seeded) {
      seeded.setRandomSeed((int) seed);
    }
    follow(schema);
    classifier.prepareForUse();
    classifier.setModelContext(header);
  }

  private static Classifier open(final String cli) {
    try {
      return (Classifier) ClassOption.cliStringToObject(cli, Classifier.class, null);
    } catch (final Exception e) {
      throw new IllegalArgumentException(
          "MOA cannot open the classifier '" + cli + "': " + e.getMessage(), e);
    }
  }

  // A source hands out the same object until its schema grows.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public com.yahoo.labs.samoa.instances.Instance encode(
      final Instance instance, final Schema current) {
    if (current != schema) {
      follow(current);
    }
    final int features = instance.x().length;
    final double[] values = new double[features + 1];
    System.arraycopy(instance.x(), 0, values, 0, features);
    values[features] = instance.label() < 0 ? Double.NaN : instance.label();
    final DenseInstance row = new DenseInstance(1.0, values);
    row.setDataset(header);
    return row;
  }

  private void follow(final Schema current) {
    final List<Attribute> attributes = new ArrayList<>(current.featureCount() + 1);
    for (final Feature feature : current.features()) {
      attributes.add(
          feature.isNominal()
              ? new Attribute(feature.name(), List.copyOf(feature.values()))
              : new Attribute(feature.name()));
    }
    attributes.add(new Attribute("class", List.copyOf(current.classes())));
    final Instances rows = new Instances("stream", attributes, 0);
    rows.setClassIndex(attributes.size() - 1);
    header = new InstancesHeader(rows);
    header.setClassIndex(attributes.size() - 1);
    schema = current;
  }

  @Override
  public int predict(final com.yahoo.labs.samoa.instances.Instance row) {
    prediction = classifier.getVotesForInstance(row);
    return Utils.maxIndex(prediction);
  }

  @Override
  public double[] prediction() {
    return prediction;
  }

  @Override
  public void learn(final com.yahoo.labs.samoa.instances.Instance row) {
    classifier.trainOnInstance(row);
  }

  @Override
  public long sizeBytes() {
    return HeapSize.of(classifier);
  }
}
