package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Turns an instance into buckets of a hash table: one for each feature's value and one for each
 * pair of values, of at most {@link #MOST_PAIRS} pairs of features. Numbers are binned by where
 * they stand in a logistic distribution of the mean and deviation seen so far; a missing value is a
 * value of its own.
 */
final class FeatureCrosses {
  private static final int MOST_PAIRS = 64;
  private static final int BINS = 20;

  /** A logistic distribution of this steepness is closest to the normal one. */
  private static final double STEEPNESS = 1.702;

  /** Mean and deviation follow about so many events, and settle until there were that many. */
  private static final double MEMORY = 10_000;

  private static final double LARGEST = 1e150;
  private static final long PAIR_SEED = 0x5bd1e995L;

  private final int shift;
  private boolean[] nominal;
  private double[] count;
  private double[] mean;
  private double[] variance;
  private int[] first;
  private int[] second;
  // Scratch of the event looked at last, and whether its buckets hold still.
  private double[] last = {};
  private boolean current;
  private long[] value;
  private int[] bucket;

  FeatureCrosses(final Schema schema, final int bits) {
    shift = 64 - bits;
    nominal = new boolean[0];
    count = new double[0];
    mean = new double[0];
    variance = new double[0];
    first = new int[0];
    second = new int[0];
    grow(schema);
  }

  /** Buckets of an event. */
  int count() {
    return bucket.length;
  }

  /** The buckets, shape [1 + features + pairs]; valid until the next call. */
  int[] buckets(final double[] x) {
    if (current && Arrays.equals(last, x)) {
      return bucket;
    }
    if (last.length != x.length) {
      last = new double[x.length];
    }
    System.arraycopy(x, 0, last, 0, x.length);
    current = true;
    for (int f = 0; f < nominal.length; f++) {
      value[f] = value(f, x[f]);
    }
    int n = 0;
    bucket[n++] = 0;
    for (int f = 0; f < nominal.length; f++) {
      bucket[n++] = hash(f, value[f]);
    }
    for (int p = 0; p < first.length; p++) {
      final long both = value[first[p]] * 0x100000001L + value[second[p]];
      bucket[n++] = hash(((first[p] + 1L) << 32) + second[p], both);
    }
    return bucket;
  }

  private int hash(final long place, final long content) {
    return (int) (CounterRandom.bits(place * 0x632be59bd9b4e019L, content) >>> shift);
  }

  private long value(final int f, final double v) {
    if (Double.isNaN(v)) {
      return -1;
    }
    if (nominal[f]) {
      return (long) v;
    }
    if (!(variance[f] > 0)) {
      return 0;
    }
    final double deviation = (limited(v) - mean[f]) / Math.sqrt(variance[f]);
    final double place = 1 / (1 + PortableMath.exp(-STEEPNESS * deviation));
    return Math.min(BINS - 1, (long) (BINS * place));
  }

  private static double limited(final double v) {
    return Math.max(-LARGEST, Math.min(LARGEST, v));
  }

  void learn(final double[] x) {
    current = false;
    for (int f = 0; f < nominal.length; f++) {
      if (!nominal[f] && !Double.isNaN(x[f])) {
        count[f] = Math.min(MEMORY, count[f] + 1);
        final double v = limited(x[f]);
        final double delta = v - mean[f];
        mean[f] += delta / count[f];
        variance[f] += (delta * (v - mean[f]) - variance[f]) / count[f];
      }
    }
  }

  /** Takes new features and pairs them with others while there is room for pairs. */
  void grow(final Schema schema) {
    current = false;
    final int known = nominal.length;
    final int features = schema.featureCount();
    nominal = Arrays.copyOf(nominal, features);
    count = Arrays.copyOf(count, features);
    mean = Arrays.copyOf(mean, features);
    variance = Arrays.copyOf(variance, features);
    for (int f = known; f < features; f++) {
      nominal[f] = schema.features().get(f).isNominal();
    }
    addPairs(known, features);
    value = new long[features];
    bucket = new int[1 + features + first.length];
  }

  private void addPairs(final int known, final int features) {
    final long possible = (long) features * (features - 1) / 2 - (long) known * (known - 1) / 2;
    final int pairs = first.length;
    final int more = (int) Math.min(possible, MOST_PAIRS - pairs);
    first = Arrays.copyOf(first, pairs + more);
    second = Arrays.copyOf(second, pairs + more);
    if (more == possible) {
      int at = pairs;
      for (int f = known; f < features; f++) {
        for (int other = 0; other < f; other++) {
          first[at] = other;
          second[at++] = f;
        }
      }
      return;
    }
    // Drawn at random: with replacement, since among that many a repetition is rare and harmless.
    for (int p = pairs; p < pairs + more; p++) {
      final int f =
          Math.max(1, known)
              + CounterRandom.below(features - Math.max(1, known), PAIR_SEED, 2L * p);
      second[p] = f;
      first[p] = CounterRandom.below(f, PAIR_SEED, 2L * p + 1);
    }
  }

  long sizeBytes() {
    return 160 + nominal.length * 45L + first.length * 12L;
  }

  void write(final ImageWriter out) {
    out.putInt(nominal.length);
    out.putDoubles(count, count.length).putDoubles(mean, mean.length);
    out.putDoubles(variance, variance.length);
    out.putInts(first, first.length).putInts(second, second.length);
  }

  static FeatureCrosses read(final Schema schema, final int bits, final ImageReader in) {
    final FeatureCrosses read = new FeatureCrosses(schema, bits);
    final int features = schema.featureCount();
    in.getIntIn(features, features, "number of features");
    read.count = doubles(in, features);
    read.mean = doubles(in, features);
    read.variance = doubles(in, features);
    read.first = pairs(in, features);
    read.second = pairs(in, features);
    if (read.first.length != read.second.length || read.first.length > MOST_PAIRS) {
      throw new MalformedImageException("the pairs of features are damaged");
    }
    read.bucket = new int[1 + features + read.first.length];
    return read;
  }

  private static double[] doubles(final ImageReader in, final int features) {
    final double[] values = in.getDoubles();
    if (values.length != features) {
      throw new MalformedImageException(
          "moments of " + values.length + " features instead of " + features);
    }
    return values;
  }

  private static int[] pairs(final ImageReader in, final int features) {
    final int[] pairs = in.getInts();
    for (final int feature : pairs) {
      if (feature < 0 || feature >= features) {
        throw new MalformedImageException("a pair names feature " + feature);
      }
    }
    return pairs;
  }
}
