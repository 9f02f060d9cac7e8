package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Weighted mean and variance of each numeric feature, within each class and over all classes. */
final class NormalStatistics {
  /** Beyond this a sum of weighted squares would overflow. */
  private static final double LARGEST = 1e100;

  /** A class cannot be narrower than this share of the feature's variance over all classes. */
  private static final double NARROWEST = 1e-4;

  /** Squared deviations beyond which being farther away says no more. */
  private static final double FARTHEST = 50;

  private int[] features;
  // By class, the last row over all classes; within a row by position in features.
  private double[][] weight;
  private double[][] mean;
  private double[][] squares;

  NormalStatistics(final Schema schema) {
    features = numeric(schema);
    final int rows = schema.classCount() + 1;
    weight = new double[rows][features.length];
    mean = new double[rows][features.length];
    squares = new double[rows][features.length];
  }

  private static int[] numeric(final Schema schema) {
    final int[] found = new int[schema.featureCount()];
    int count = 0;
    for (int f = 0; f < found.length; f++) {
      if (!schema.features().get(f).isNominal()) {
        found[count++] = f;
      }
    }
    return Arrays.copyOf(found, count);
  }

  void learn(final double[] x, final int label, final double w) {
    final int all = weight.length - 1;
    for (int i = 0; i < features.length; i++) {
      final double value = x[features[i]];
      if (!Double.isNaN(value)) {
        final double limited = Math.max(-LARGEST, Math.min(LARGEST, value));
        learn(label, i, limited, w);
        learn(all, i, limited, w);
      }
    }
  }

  private void learn(final int row, final int i, final double value, final double w) {
    weight[row][i] += w;
    final double delta = value - mean[row][i];
    mean[row][i] += delta * (w / weight[row][i]);
    squares[row][i] += w * (delta * (value - mean[row][i]));
  }

  /**
   * Sum of the log densities of the values present, up to a constant that all classes share.
   *
   * @param one what one new event weighs: that much of the variance over all classes goes into that
   *     of the class, so that its first events do not make it certain
   */
  double logDensity(final double[] x, final int c, final double one) {
    final int all = weight.length - 1;
    double sum = 0;
    // Widths are multiplied and their logarithm taken once: it costs more than all the rest.
    double widths = 1;
    for (int i = 0; i < features.length; i++) {
      final double value = x[features[i]];
      final double overall = squares[all][i] / weight[all][i];
      if (!(overall > 0) || Double.isNaN(value)) {
        continue;
      }
      final double ratio =
          Math.max(NARROWEST, (squares[c][i] / overall + one) / (weight[c][i] + one));
      final double center = weight[c][i] > 0 ? mean[c][i] : mean[all][i];
      final double deviation = Math.max(-LARGEST, Math.min(LARGEST, value)) - center;
      sum -= 0.5 * Math.min(FARTHEST, deviation / overall * deviation / ratio);
      widths *= ratio;
      if (widths < 1e-200) {
        sum -= 0.5 * PortableMath.log(widths);
        widths = 1;
      }
    }
    return sum - 0.5 * PortableMath.log(widths);
  }

  void scale(final double factor) {
    for (int row = 0; row < weight.length; row++) {
      for (int i = 0; i < features.length; i++) {
        weight[row][i] = NaiveBayes.fade(weight[row][i], factor);
        squares[row][i] = NaiveBayes.fade(squares[row][i], factor);
      }
    }
  }

  void grow(final Schema schema) {
    final NormalStatistics grown = new NormalStatistics(schema);
    final int oldAll = weight.length - 1;
    for (int row = 0; row <= oldAll; row++) {
      final int to = row == oldAll ? grown.weight.length - 1 : row;
      System.arraycopy(weight[row], 0, grown.weight[to], 0, features.length);
      System.arraycopy(mean[row], 0, grown.mean[to], 0, features.length);
      System.arraycopy(squares[row], 0, grown.squares[to], 0, features.length);
    }
    features = grown.features;
    weight = grown.weight;
    mean = grown.mean;
    squares = grown.squares;
  }

  long sizeBytes() {
    return 64 + 4L * features.length + 3L * weight.length * (20 + 8L * features.length);
  }

  void write(final ImageWriter out) {
    out.putInt(features.length).putInt(weight.length);
    for (int row = 0; row < weight.length; row++) {
      out.putDoubles(weight[row], features.length)
          .putDoubles(mean[row], features.length)
          .putDoubles(squares[row], features.length);
    }
  }

  void read(final ImageReader in) {
    in.getIntIn(features.length, features.length, "numeric features");
    in.getIntIn(weight.length, weight.length, "rows of statistics");
    for (int row = 0; row < weight.length; row++) {
      weight[row] = row(in);
      mean[row] = row(in);
      squares[row] = row(in);
    }
  }

  private double[] row(final ImageReader in) {
    final double[] row = in.getDoubles();
    if (row.length != features.length) {
      throw new MalformedImageException(
          "statistics of " + row.length + " features instead of " + features.length);
    }
    return row;
  }
}
