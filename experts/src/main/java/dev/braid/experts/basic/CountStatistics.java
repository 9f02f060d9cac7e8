package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Weighted counts of each nominal feature's values within each class. */
final class CountStatistics {
  private static final double[] NONE = new double[0];

  // By feature, empty for a numeric one; within a row by class, then value.
  private double[][] count;
  private double[][] perClass;
  private int[] values;
  private int classes;

  /** All features of the schema, numeric ones among them. */
  int features() {
    return values.length;
  }

  CountStatistics(final Schema schema) {
    final int features = schema.featureCount();
    classes = schema.classCount();
    count = new double[features][];
    perClass = new double[features][];
    values = new int[features];
    for (int f = 0; f < features; f++) {
      final boolean nominal = schema.features().get(f).isNominal();
      values[f] = schema.features().get(f).values().size();
      count[f] = nominal ? new double[classes * values[f]] : NONE;
      perClass[f] = nominal ? new double[classes] : NONE;
    }
  }

  void learn(final double[] x, final int label, final double w) {
    for (int f = 0; f < count.length; f++) {
      final int value = value(f, x[f]);
      if (value >= 0) {
        count[f][label * values[f] + value] += w;
        perClass[f][label] += w;
      }
    }
  }

  /** Index of a known value of a nominal feature, or -1. */
  private int value(final int f, final double value) {
    // The comparisons are false for NaN.
    return values[f] > 0 && value >= 0 && value < values[f] ? (int) value : -1;
  }

  /**
   * Log probability of the values present given the class.
   *
   * @param one what one new event weighs, for the smoothing
   */
  double logProbability(final double[] x, final int c, final double one) {
    double sum = 0;
    // Factors are multiplied and the logarithm taken when it must be.
    double product = 1;
    for (int f = 0; f < count.length; f++) {
      final int value = value(f, x[f]);
      if (value >= 0) {
        // One event spread over all values.
        final double each = one / values[f];
        product *= (count[f][c * values[f] + value] + each) / (perClass[f][c] + one);
        if (product < 1e-200) {
          sum += PortableMath.log(product);
          product = 1;
        }
      }
    }
    return sum + PortableMath.log(product);
  }

  void scale(final double factor) {
    for (int f = 0; f < count.length; f++) {
      for (int i = 0; i < count[f].length; i++) {
        count[f][i] = NaiveBayes.fade(count[f][i], factor);
      }
      for (int c = 0; c < perClass[f].length; c++) {
        perClass[f][c] = NaiveBayes.fade(perClass[f][c], factor);
      }
    }
  }

  void grow(final Schema schema) {
    final CountStatistics grown = new CountStatistics(schema);
    for (int f = 0; f < count.length; f++) {
      for (int c = 0; c < classes && perClass[f].length > 0; c++) {
        System.arraycopy(count[f], c * values[f], grown.count[f], c * grown.values[f], values[f]);
        grown.perClass[f][c] = perClass[f][c];
      }
    }
    count = grown.count;
    perClass = grown.perClass;
    values = grown.values;
    classes = grown.classes;
  }

  long sizeBytes() {
    long bytes = 64 + values.length * 12L;
    for (int f = 0; f < count.length; f++) {
      bytes += 32 + 8L * (count[f].length + perClass[f].length);
    }
    return bytes;
  }

  void write(final ImageWriter out) {
    out.putInt(classes).putInts(values, values.length);
    for (int f = 0; f < count.length; f++) {
      out.putDoubles(count[f], count[f].length).putDoubles(perClass[f], perClass[f].length);
    }
  }

  void read(final ImageReader in) {
    in.getIntIn(classes, classes, "number of classes");
    if (!Arrays.equals(values, in.getInts())) {
      throw new MalformedImageException("the counts do not fit the schema's nominal values");
    }
    for (int f = 0; f < count.length; f++) {
      count[f] = row(in, count[f].length);
      perClass[f] = row(in, perClass[f].length);
    }
  }

  private static double[] row(final ImageReader in, final int length) {
    final double[] row = in.getDoubles();
    ImageReader.requireIn(row, 0, Double.MAX_VALUE, "a count");
    if (row.length != length) {
      throw new MalformedImageException(row.length + " counts instead of " + length);
    }
    return row;
  }
}
