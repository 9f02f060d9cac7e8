package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Turns an instance into a network's inputs: numbers standardised by the mean and deviation of
 * lately, clipped; a nominal feature by one input per value but its first, for up to {@link
 * #MOST_VALUES} values. Values beyond share {@link #HASHED} further inputs of their feature: each
 * sets three of them to 1 or -1, chosen by hashing (Weinberger and others, "Feature Hashing for
 * Large Scale Multitask Learning", 2009), so that they are told apart. What is missing, or has no
 * input, is 0. Inputs are given out in the order in which features and values appear, so that
 * growing only appends.
 */
public final class FeatureEncoder {
  /** Values of a feature that have an input each; all further ones are hashed. */
  private static final int MOST_VALUES = 16;

  /** Inputs that the further values of a feature share; a power of two. */
  private static final int HASHED = 16;

  /** Inputs in all; what comes later has none, and a wide schema stays affordable. */
  private static final int MOST_INPUTS = 1024;

  private static final double CLIP = 5;
  private static final double LARGEST = 1e150;

  /** Mean and deviation follow about so many events, and settle until there were that many. */
  private static final double MEMORY = 10_000;

  // By feature: the input of a number, or of each of a nominal feature's first values, -1 for none.
  private int[][] input;

  /** By feature: the first of the inputs that its further values share, -1 for none. */
  private int[] hashed;

  private boolean[] nominal;
  private double[] count;
  private double[] mean;
  private double[] variance;
  private int inputs;

  /** An encoder that has seen nothing, of numbers all at their mean. */
  public FeatureEncoder(final Schema schema) {
    input = new int[0][];
    hashed = new int[0];
    nominal = new boolean[0];
    count = new double[0];
    mean = new double[0];
    variance = new double[0];
    grow(schema);
  }

  /** Inputs given out so far, 0 or more. */
  public int inputs() {
    return inputs;
  }

  /** Gives inputs to what a schema has more than the one before it. */
  public void grow(final Schema schema) {
    final int known = input.length;
    final int features = schema.featureCount();
    input = Arrays.copyOf(input, features);
    hashed = Arrays.copyOf(hashed, features);
    Arrays.fill(hashed, known, features, -1);
    nominal = Arrays.copyOf(nominal, features);
    count = Arrays.copyOf(count, features);
    mean = Arrays.copyOf(mean, features);
    variance = Arrays.copyOf(variance, features);
    for (int f = 0; f < features; f++) {
      nominal[f] = schema.features().get(f).isNominal();
      final int values = nominal[f] ? schema.features().get(f).values().size() : 1;
      final int wanted = Math.min(values, MOST_VALUES + 1);
      final int had = f < known ? input[f].length : 0;
      input[f] = had == 0 ? new int[wanted] : Arrays.copyOf(input[f], wanted);
      for (int v = had; v < wanted; v++) {
        final boolean needsOne = !nominal[f] || v > 0;
        input[f][v] = needsOne && inputs < MOST_INPUTS ? inputs++ : -1;
      }
      if (values > wanted && hashed[f] < 0 && inputs + HASHED <= MOST_INPUTS) {
        hashed[f] = inputs;
        inputs += HASHED;
      }
    }
  }

  /** Writes the inputs of an instance into a row that is at least {@link #inputs()} wide. */
  public void encode(final double[] x, final float[] row) {
    Arrays.fill(row, 0);
    for (int f = 0; f < input.length; f++) {
      final double v = x[f];
      if (nominal[f]) {
        // The comparisons are false for NaN.
        if (v >= input[f].length) {
          hash((int) v, hashed[f], row);
        } else if (v >= 0 && input[f][(int) v] >= 0) {
          row[input[f][(int) v]] = 1;
        }
      } else if (input[f][0] >= 0 && variance[f] > 0 && !Double.isNaN(v)) {
        final double z = (limited(v, LARGEST) - mean[f]) / Math.sqrt(variance[f]);
        row[input[f][0]] = (float) limited(z, CLIP);
      }
    }
  }

  /** Sets up to three of the inputs that a feature's further values share. */
  private static void hash(final int value, final int first, final float[] row) {
    if (first >= 0) {
      long bits = CounterRandom.bits(value, HASHED);
      for (int i = 0; i < 3; i++) {
        row[first + (int) (bits & (HASHED - 1))] = (bits & HASHED) == 0 ? 1 : -1;
        bits >>>= 8;
      }
    }
  }

  private static double limited(final double v, final double limit) {
    return Math.max(-limit, Math.min(limit, v));
  }

  /** Takes an instance into means and deviations. */
  public void learn(final double[] x) {
    for (int f = 0; f < input.length; f++) {
      if (!nominal[f] && !Double.isNaN(x[f])) {
        count[f] = Math.min(MEMORY, count[f] + 1);
        final double v = limited(x[f], LARGEST);
        final double delta = v - mean[f];
        mean[f] += delta / count[f];
        variance[f] += (delta * (v - mean[f]) - variance[f]) / count[f];
      }
    }
  }

  /** Heap bytes held. */
  public long sizeBytes() {
    long bytes = 128 + nominal.length * 49L;
    for (final int[] values : input) {
      bytes += 4L * values.length;
    }
    return bytes;
  }

  /** Layout: inputs, inputs of each feature, the hashed ones, counts, means and variances. */
  public void write(final ImageWriter out) {
    out.putInt(inputs).putInt(input.length);
    for (final int[] values : input) {
      out.putInts(values, values.length);
    }
    out.putInts(hashed, hashed.length);
    out.putDoubles(count, count.length).putDoubles(mean, mean.length);
    out.putDoubles(variance, variance.length);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if it does not fit the schema
   */
  public static FeatureEncoder read(final Schema schema, final ImageReader in) {
    final FeatureEncoder read = new FeatureEncoder(schema);
    read.inputs = in.getIntIn(0, MOST_INPUTS, "number of inputs");
    final int features = schema.featureCount();
    in.getIntIn(features, features, "number of features");
    for (int f = 0; f < features; f++) {
      final int[] values = in.getInts();
      if (values.length != read.input[f].length) {
        throw new MalformedImageException("inputs of feature " + f + " do not fit the schema");
      }
      for (final int slot : values) {
        if (slot < -1 || slot >= read.inputs) {
          throw new MalformedImageException("feature " + f + " has input " + slot);
        }
      }
      read.input[f] = values;
    }
    in.getInts(read.hashed, 0, features);
    for (final int first : read.hashed) {
      if (first < -1 || (first >= 0 && first > read.inputs - HASHED)) {
        throw new MalformedImageException("hashed inputs begin at " + first);
      }
    }
    read.count = moments(in, features);
    read.mean = moments(in, features);
    read.variance = moments(in, features);
    return read;
  }

  private static double[] moments(final ImageReader in, final int features) {
    final double[] values = in.getDoubles();
    if (values.length != features) {
      throw new MalformedImageException("moments of " + values.length + " features");
    }
    return values;
  }
}
