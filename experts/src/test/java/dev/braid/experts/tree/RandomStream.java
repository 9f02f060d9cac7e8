package dev.braid.experts.tree;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A stream of the kind that breaks things: missing values, constant features, numbers of 1e12
 * beside 1e-9, classes and values that turn up late.
 */
final class RandomStream {
  private final Random random;
  private final double[] scale;
  private final double missing;
  private final double[] x;
  private Schema schema;
  private int label;

  RandomStream(final long seed) {
    random = new Random(seed);
    missing = random.nextInt(3) * 0.1;
    final int count = 1 + random.nextInt(6);
    final List<Feature> features = new ArrayList<>();
    scale = new double[count + 10];
    for (int f = 0; f < scale.length; f++) {
      scale[f] = new double[] {1, 1e12, 1e-9, 0, 1e300}[random.nextInt(5)];
    }
    for (int f = 0; f < count; f++) {
      features.add(feature(f));
    }
    x = new double[scale.length];
    schema = new Schema(features, List.of("a", "b"));
  }

  private Feature feature(final int f) {
    return random.nextBoolean() ? Feature.numeric("f" + f) : Feature.nominal("f" + f, "v0", "v1");
  }

  Schema schema() {
    return schema;
  }

  /** Makes the schema larger, in one of the ways it can grow. */
  Schema grow() {
    final int features = schema.featureCount();
    switch (random.nextInt(3)) {
      case 0 -> schema = schema.withClass("c" + schema.classCount());
      case 1 -> {
        if (features < scale.length) {
          schema = schema.withFeature(feature(features));
        }
      }
      default -> {
        final int f = random.nextInt(features);
        if (schema.features().get(f).isNominal()) {
          schema = schema.withValue(f, "v" + schema.features().get(f).values().size());
        }
      }
    }
    return schema;
  }

  /** The features of the next event. */
  double[] next() {
    label = random.nextInt(schema.classCount());
    final double[] features = Arrays.copyOf(x, schema.featureCount());
    for (int f = 0; f < features.length; f++) {
      final int values = schema.features().get(f).values().size();
      if (random.nextDouble() < missing) {
        features[f] = Double.NaN;
      } else if (schema.features().get(f).isNominal()) {
        features[f] = random.nextInt(3) == 0 ? random.nextInt(values) : label % values;
      } else {
        features[f] = scale[f] * (random.nextGaussian() + (f % 2 == 0 ? 2 * label : 0));
      }
    }
    return features;
  }

  /** The class of the event last delivered. */
  int label() {
    return label;
  }

  /** A weight: mostly 1, sometimes another whole number or none. */
  double weight() {
    return random.nextInt(4) > 0 ? 1 : random.nextBoolean() ? 3 : 0.3;
  }

  int nextInt(final int bound) {
    return random.nextInt(bound);
  }
}
