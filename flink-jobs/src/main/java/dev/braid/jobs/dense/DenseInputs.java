package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.neural.FeatureScaler;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns events into rows of the layer: its features in their order, each standardised by what the
 * events before it had. What is missing, or text, is 0.
 */
final class DenseInputs {
  private final Map<String, Integer> indexOf = new HashMap<>();
  private final FeatureScaler scaler;
  private final double[] raw;
  private final float[] row;

  // Events of one producer name their features in the same order.
  private String[] names = new String[0];
  private int[] at = new int[0];

  DenseInputs(final List<String> features) {
    for (final String feature : features) {
      indexOf.put(feature, indexOf.size());
    }
    scaler = new FeatureScaler(features.size(), true);
    raw = new double[features.size()];
    row = new float[features.size()];
  }

  /** The event's row, shape [features]; written again by the next. */
  float[] read(final Event event) {
    if (!Arrays.equals(names, event.names())) {
      names = event.names();
      at = Arrays.stream(names).mapToInt(name -> indexOf.getOrDefault(name, -1)).toArray();
    }
    Arrays.fill(raw, Double.NaN);
    for (int i = 0; i < at.length; i++) {
      if (at[i] >= 0 && Double.isFinite(event.numbers()[i])) {
        raw[at[i]] = event.numbers()[i];
      }
    }
    scaler.scale(raw, row);
    scaler.learn(raw);
    return row;
  }

  void write(final ImageWriter out) {
    scaler.write(out);
  }

  void restore(final ImageReader in) {
    scaler.read(in);
  }
}
