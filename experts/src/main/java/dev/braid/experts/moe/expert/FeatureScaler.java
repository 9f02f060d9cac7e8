package dev.braid.experts.moe.expert;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Turns an instance into the inputs of a network: each feature standardised with the mean and
 * deviation seen so far (Welford's online algorithm), missing values 0, extremes clipped. Nominal
 * values count by their index, as in the published code.
 */
public final class FeatureScaler {
  /** Standardised inputs beyond this many deviations are clipped. */
  private static final double CLIP = 10;

  /** Without standardising, numbers beyond this would drive the network into overflow. */
  private static final double RAW_CLIP = 1e6;

  /** Squares of larger numbers would overflow the sums. */
  private static final double LARGEST = 1e150;

  private final boolean standardise;
  private long[] count;
  private double[] mean;
  private double[] squares;

  /**
   * A scaler that has seen nothing.
   *
   * @param standardise false to hand the features on as they are, missing ones as 0
   */
  public FeatureScaler(final int features, final boolean standardise) {
    this.standardise = standardise;
    count = new long[features];
    mean = new double[features];
    squares = new double[features];
  }

  /** Writes the network's inputs for an instance; changes nothing else. */
  public void scale(final double[] x, final float[] out) {
    if (!standardise) {
      for (int i = 0; i < out.length; i++) {
        out[i] = Double.isNaN(x[i]) ? 0 : (float) clip(x[i], RAW_CLIP);
      }
      return;
    }
    for (int i = 0; i < out.length; i++) {
      final double deviation = count[i] < 2 ? 0 : Math.sqrt(squares[i] / (double) count[i]);
      // A missing value or a feature that never varied says nothing.
      out[i] =
          Double.isNaN(x[i]) || !(deviation > 0)
              ? 0
              : (float) clip((clip(x[i], LARGEST) - mean[i]) / deviation, CLIP);
    }
  }

  /** Takes an instance into means and deviations. */
  public void learn(final double[] x) {
    if (!standardise) {
      return;
    }
    for (int i = 0; i < count.length; i++) {
      if (!Double.isNaN(x[i])) {
        final double value = clip(x[i], LARGEST);
        count[i]++;
        final double delta = value - mean[i];
        mean[i] += delta / (double) count[i];
        squares[i] += delta * (value - mean[i]);
      }
    }
  }

  private static double clip(final double value, final double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }

  /** Takes in features that are new. */
  public void grow(final int features) {
    count = Arrays.copyOf(count, features);
    mean = Arrays.copyOf(mean, features);
    squares = Arrays.copyOf(squares, features);
  }

  /** Heap bytes held. */
  public long sizeBytes() {
    return 24L * count.length + 96;
  }

  /** Layout: count, mean and sum of squared deviations per feature. */
  public void write(final ImageWriter out) {
    out.putLongs(count, count.length)
        .putDoubles(mean, mean.length)
        .putDoubles(squares, squares.length);
  }

  /** Reads what {@link #write} wrote into a scaler of as many features. */
  public void read(final ImageReader in) {
    final int features = count.length;
    count = in.getLongs();
    mean = in.getDoubles();
    squares = in.getDoubles();
    if (count.length != features || mean.length != features || squares.length != features) {
      throw new MalformedImageException("the scaler does not fit a schema of " + features);
    }
  }
}
