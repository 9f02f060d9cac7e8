package dev.braid.benchmarks.models;

import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Labelled events of many models: event i is the same whenever it is asked for. The first events go
 * to each model once, later ones are drawn. Each model has a concept of its own, a line that parts
 * the unit square.
 *
 * @param keys number of models
 * @param skew exponent of Zipf's law by which keys are drawn, 0 for all alike
 */
record Traffic(int keys, double skew) implements Serializable {
  private static final String[] NAMES = {"a", "b", "c"};
  private static final byte[] NONE = {};

  Traffic {
    if (keys < 1 || skew < 0 || skew == 1) {
      throw new IllegalArgumentException("keys: 1 or more; skew: 0 or more and not 1");
    }
  }

  /** Key number of an event, 0 to keys - 1; the smaller the more frequent where there is skew. */
  int key(final long event) {
    if (event < keys) {
      return (int) event;
    }
    final double u = new SplittableRandom(event).nextDouble();
    if (skew == 0) {
      return (int) (u * keys);
    }
    // Inverse of the continuous law's distribution over ranks 1 to keys + 1.
    final double power = 1 - skew;
    final double rank = Math.pow(1 + u * (Math.pow(keys + 1.0, power) - 1), 1 / power);
    return Math.min(keys - 1, (int) rank - 1);
  }

  double[] features(final long event) {
    final SplittableRandom random = new SplittableRandom(~event);
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()};
  }

  String label(final int key, final double[] x) {
    final double slope = 0.2 + key % 7 * 0.3;
    return x[0] * slope + x[1] > (slope + 1) / 2 ? "high" : "low";
  }

  Event event(final long i) {
    final int key = key(i);
    final double[] x = features(i);
    return new Event(
        "e" + i,
        "k" + key,
        i,
        NAMES,
        x,
        new String[NAMES.length],
        label(key, x),
        new Origin("generated", 0, i, null, NONE));
  }
}
