package dev.braid.data;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Pulls numeric values that lie far outside of all that a feature had lately to the edge of its
 * usual range, so that one absurd record does not spoil means, variances and weights for a hundred
 * thousand events (winsorizing, after Dixon, "Simplified Estimation from Censored Normal Samples",
 * Annals of Mathematical Statistics 1960; the range is estimated by stochastic approximation as in
 * Robbins and Monro 1951).
 *
 * <p>The range of a feature is held so that about one value in a thousand lies outside: each value
 * outside widens it by at most a tenth, each event narrows it by the thousandth part of that. A
 * value is left as it is up to four further widths beyond the range, and farther while the feature
 * is young. Only values beyond that are changed. Where they come again and again, three within 300
 * events, the stream itself has moved: the range then widens tenfold with each.
 *
 * <p>Not thread-safe. Deterministic; all of it is state.
 */
public final class Winsorizer {
  /**
   * Widths outside of its range up to which a value is left as it is: a sudden turn of a stream.
   */
  private static final double BEYOND = 4;

  /** Share of its width by which a value outside widens a range. */
  private static final double WIDENED = 0.1;

  /** Share of its width by which an event narrows a range at each end. */
  private static final double NARROWED = 2e-4;

  /** Widths by which a value outside widens a range when such values keep coming. */
  private static final double LEAP = 10;

  /** Events within which a third far value is no accident. */
  private static final int ACCIDENT = 300;

  /** While a feature has few values, its range is no more than a guess. */
  private static final double YOUTH = 30_000;

  /** Values after which a feature is grown up in every respect: its shares are the constants. */
  private static final int GROWN_UP = 1000;

  /** Beyond this, differences of values would overflow. */
  private static final double EXTREME = 1e300;

  /** Where the count of values goes on from when it has become too large. */
  private static final int MANY = 1 << 20;

  private static final int BYTES_PER_FEATURE = 2 * Double.BYTES + 4 * Integer.BYTES;

  /** Features that are numeric; all arrays below have one element each. */
  private int[] numeric;

  private double[] low;
  private double[] high;

  /** Values met. */
  private int[] count;

  /** What {@link #count} was at the last far value, and at the one before it. */
  private int[] last;

  private int[] lastButOne;
  private double[] scratch;

  /** Knows nothing yet, and changes nothing until it does. */
  public Winsorizer(final Schema schema) {
    numeric = new int[0];
    low = new double[0];
    high = new double[0];
    count = new int[0];
    last = new int[0];
    lastButOne = new int[0];
    grow(schema);
  }

  /** Announces a schema that has grown: every index of the old one keeps its meaning. */
  public void grow(final Schema schema) {
    final int[] now = new int[schema.featureCount()];
    int size = 0;
    for (int f = 0; f < now.length; f++) {
      if (!schema.features().get(f).isNominal()) {
        now[size++] = f;
      }
    }
    numeric = Arrays.copyOf(now, size);
    low = Arrays.copyOf(low, size);
    high = Arrays.copyOf(high, size);
    count = Arrays.copyOf(count, size);
    last = Arrays.copyOf(last, size);
    lastButOne = Arrays.copyOf(lastButOne, size);
    scratch = null;
  }

  /**
   * An instance without absurd values.
   *
   * @param x one element per feature of the schema; NaN where missing
   * @return x itself if it has none, else a copy that is valid until the next call
   */
  public double[] clip(final double[] x) {
    double[] clipped = x;
    for (int i = 0; i < numeric.length; i++) {
      final double value = x[numeric[i]];
      if (count[i] > 0 && isFar(i, value)) {
        if (clipped == x) {
          clipped = copy(x);
        }
        clipped[numeric[i]] = edge(i, value);
      }
    }
    return clipped;
  }

  private double[] copy(final double[] x) {
    if (scratch == null) {
      scratch = new double[x.length];
    }
    System.arraycopy(x, 0, scratch, 0, x.length);
    return scratch;
  }

  private boolean isFar(final int i, final double value) {
    final double beyond = beyond(i);
    return value > high[i] + beyond || value < low[i] - beyond;
  }

  /** How far outside of its range a value may lie. */
  private double beyond(final int i) {
    if (count[i] >= GROWN_UP) {
      return width(i) * BEYOND;
    }
    final double square = (double) count[i] * count[i];
    return width(i) * Math.max(BEYOND, YOUTH / square);
  }

  private double width(final int i) {
    return high[i] == low[i] ? step(i) : high[i] - low[i];
  }

  /** The usual value nearest to one that is far. */
  private double edge(final int i, final double value) {
    final double margin = high[i] == low[i] ? step(i) : 0;
    return value > high[i] ? high[i] + margin : low[i] - margin;
  }

  /** Width that is assumed of a feature that always had the same value. */
  private double step(final int i) {
    return Math.max(1, Math.abs(high[i]));
  }

  /** Whether no value of a numeric feature was met. */
  public boolean isEmpty(final int i) {
    return count[i] == 0;
  }

  /**
   * A value that lies no farther outside of the range of a numeric feature than so many of its
   * widths; NaN counts as the middle.
   *
   * @param i which of the numeric features, of which a value was met
   */
  public double limit(final int i, final double value, final double widths) {
    if (Double.isNaN(value)) {
      return low[i] / 2 + high[i] / 2;
    }
    final double outside = width(i) * widths;
    return Math.max(low[i] - outside, Math.min(high[i] + outside, value));
  }

  /**
   * Takes in what a labelled event has; to be called after it was learned.
   *
   * @param x as for {@link #clip}, as it came
   */
  public void learn(final double[] x) {
    for (int i = 0; i < numeric.length; i++) {
      final double value = x[numeric[i]];
      if (value >= -EXTREME && value <= EXTREME) {
        learn(i, value);
      }
    }
  }

  private void learn(final int i, final double value) {
    if (count[i] == 0) {
      low[i] = value;
      high[i] = value;
      count[i] = 1;
      last[i] = -ACCIDENT;
      lastButOne[i] = -ACCIDENT;
      return;
    }
    if (value > high[i]) {
      high[i] = Math.min(value, high[i] + width(i) * reach(i, value));
    } else if (value < low[i]) {
      low[i] = Math.max(value, low[i] - width(i) * reach(i, value));
    }
    final double share =
        count[i] >= GROWN_UP ? NARROWED : Math.max(NARROWED, WIDENED / (count[i] + 5.0));
    final double narrower = (high[i] - low[i]) * share;
    high[i] -= narrower;
    low[i] += narrower;
    if (++count[i] == Integer.MAX_VALUE) {
      count[i] = MANY;
      last[i] = 0;
      lastButOne[i] = 0;
    }
  }

  /** Widths by which a value outside may widen the range. */
  private double reach(final int i, final double value) {
    if (!isFar(i, value)) {
      return high[i] == low[i] ? 1 : Math.max(WIDENED, 5 / (count[i] + 5.0));
    }
    final boolean again = count[i] - lastButOne[i] <= ACCIDENT;
    lastButOne[i] = last[i];
    last[i] = count[i];
    return again ? LEAP : WIDENED;
  }

  /** Heap bytes held, an estimate within a few per cent. */
  public long sizeBytes() {
    return 128 + (long) numeric.length * BYTES_PER_FEATURE;
  }

  /** Layout: lower ends, upper ends, counts, two last far values; one element a numeric feature. */
  public void write(final ImageWriter out) {
    out.putDoubles(low, low.length).putDoubles(high, high.length).putInts(count, count.length);
    out.putInts(last, last.length).putInts(lastButOne, lastButOne.length);
  }

  /**
   * Reads what {@link #write} wrote of the same schema.
   *
   * @throws MalformedImageException if it cannot have been written
   */
  public void read(final ImageReader in) {
    in.getDoubles(low, 0, low.length);
    in.getDoubles(high, 0, high.length);
    in.getInts(count, 0, count.length);
    in.getInts(last, 0, last.length);
    in.getInts(lastButOne, 0, lastButOne.length);
    for (int i = 0; i < numeric.length; i++) {
      if (!(low[i] >= -EXTREME && low[i] <= high[i] && high[i] <= EXTREME)
          || count[i] < 0
          || last[i] > count[i]
          || lastButOne[i] > last[i]) {
        throw new MalformedImageException("range of numeric feature " + i + " is none");
      }
    }
  }
}
