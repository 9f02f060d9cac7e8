package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.expert.FeatureScaler;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns events into rows of the layer: its numeric features in their order, each standardised by
 * what the events before it had, then for each nominal feature as many inputs as it may have
 * values, of which that of the event's value is 1. Values have their inputs in the order in which
 * they appear; one that comes when all are taken has none. What is missing, or text where a number
 * is expected, is 0.
 */
final class DenseInputs {
  private final Map<String, Integer> indexOf = new HashMap<>();
  private final FeatureScaler scaler;
  private final int numeric;
  private final int mostValues;

  /** Of each nominal feature, the values that have appeared, and which of its inputs is theirs. */
  private final List<Map<String, Integer>> values = new ArrayList<>();

  private final double[] raw;
  private final float[] scaled;
  private final float[] row;

  // Events of one producer name their features in the same order.
  private String[] names = new String[0];
  private int[] at = new int[0];

  /**
   * @param mostValues inputs of each nominal feature; 0 to leave these features out
   */
  DenseInputs(final List<String> numeric, final List<String> nominal, final int mostValues) {
    this.numeric = numeric.size();
    this.mostValues = mostValues;
    for (final String feature : numeric) {
      indexOf.put(feature, indexOf.size());
    }
    for (final String feature : mostValues > 0 ? nominal : List.<String>of()) {
      indexOf.put(feature, indexOf.size());
      values.add(new LinkedHashMap<>());
    }
    scaler = new FeatureScaler(this.numeric, true);
    raw = new double[this.numeric];
    scaled = new float[this.numeric];
    row = new float[this.numeric + values.size() * mostValues];
  }

  /** The event's row, shape [inputs]; written again by the next. */
  float[] read(final Event event) {
    if (!Arrays.equals(names, event.names())) {
      names = event.names();
      at = Arrays.stream(names).mapToInt(name -> indexOf.getOrDefault(name, -1)).toArray();
    }
    Arrays.fill(raw, Double.NaN);
    Arrays.fill(row, 0);
    for (int i = 0; i < at.length; i++) {
      if (at[i] >= numeric) {
        readNominal(at[i] - numeric, event.text(i));
      } else if (at[i] >= 0 && Double.isFinite(event.numbers()[i])) {
        raw[at[i]] = event.numbers()[i];
      }
    }
    scaler.scale(raw, scaled);
    System.arraycopy(scaled, 0, row, 0, numeric);
    scaler.learn(raw);
    return row;
  }

  private void readNominal(final int feature, final String value) {
    if (value == null) {
      return;
    }
    final Map<String, Integer> known = values.get(feature);
    Integer input = known.get(value);
    if (input == null && known.size() < mostValues) {
      input = known.size();
      known.put(value, input);
    }
    if (input != null) {
      row[numeric + feature * mostValues + input] = 1;
    }
  }

  void write(final ImageWriter out) {
    scaler.write(out);
    for (final Map<String, Integer> known : values) {
      out.putInt(known.size());
      known.keySet().forEach(out::putString);
    }
  }

  void restore(final ImageReader in) {
    scaler.read(in);
    for (final Map<String, Integer> known : values) {
      for (int left = in.getIntIn(0, mostValues, "values of a nominal feature"); left > 0; left--) {
        if (known.put(in.getString(), known.size()) != null) {
          throw new MalformedImageException("a value of a nominal feature comes twice");
        }
      }
    }
  }
}
