package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;

/**
 * ADWIN: a window over a sequence that grows while the mean stands still and drops its oldest part
 * when two of its parts differ (A. Bifet, R. Gavalda: Learning from Time-Changing Data with
 * Adaptive Windowing, SDM 2007; the variant with bucket compression, "ADWIN2").
 *
 * <p>The window is an exponential histogram. Row r holds up to five buckets of 2^r values each,
 * oldest first; a sixth bucket makes the two oldest merge into row r + 1. Every 32nd value the
 * window is cut at each bucket border, oldest first, and its oldest bucket is dropped as long as
 * the means on both sides of some border differ by more than chance. The bound is for values of the
 * order of 1: a single value larger than all others by orders of magnitude hides all changes for as
 * long as it is in the window.
 *
 * <p>Alarms, estimate, width and variance equal those of MOA 2024.07 ({@code
 * moa.classifiers.core.driftdetection.ADWIN}) bit for bit as long as MOA's int products do not
 * overflow, that is up to a window of about 90,000 values; beyond that this class goes on counting
 * correctly.
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * double    delta
 * long      values taken, changes reported
 * double    total and sum of squared deviations of the window
 * int[]     buckets in each row there is room for
 * column    total of each bucket, six places a row
 * column    sum of squared deviations of each bucket, six places a row
 * </pre>
 */
public final class Adwin implements DriftDetector {
  /** Confidence of the published default. */
  public static final double DEFAULT_DELTA = 0.002;

  static final DetectorKind KIND =
      new DetectorKind(
          "adwin",
          "Mean of two parts of a window that grows while they agree (Bifet, Gavalda 2007); for"
              + " numbers in the order of 1, sees rises and falls.",
          List.of(
              new Option(
                  "delta",
                  "0.002",
                  "Chance of a false alarm at one test, 1e-12 to 0.99; fewer alarms with less.")),
          Adwin::open,
          Adwin::read);

  private static final int BUCKETS = 5;
  private static final int PLACES = BUCKETS + 1;
  private static final int CLOCK = 32;
  private static final int SMALLEST_WINDOW = 10;
  private static final int SMALLEST_PART = 5;
  private static final int MOST_ROWS = 60;
  private static final int FIRST_ROWS = 4;
  private static final double ROUNDING = 1e-6;
  private static final long HEADER_BYTES = 16 + 4 * 8 + 3 * 8 + 3 * 4 + 3 * 16;

  private final double delta;
  private long taken;
  private long detections;
  private long width;
  private double total;
  private double deviation;
  private int rows;
  private int[] count;
  private double[] bucketTotal;
  private double[] bucketDeviation;

  /** A detector with {@link #DEFAULT_DELTA}. */
  public Adwin() {
    this(DEFAULT_DELTA);
  }

  /**
   * @param delta chance of a false alarm, between 0 and 1, exclusive
   */
  public Adwin(final double delta) {
    this(delta, new int[FIRST_ROWS]);
    if (!(delta > 0.0 && delta < 1.0)) {
      throw new IllegalArgumentException("delta must lie between 0 and 1, not " + delta);
    }
    rows = 1;
  }

  private Adwin(final double delta, final int[] count) {
    this.delta = delta;
    this.count = count;
    bucketTotal = new double[count.length * PLACES];
    bucketDeviation = new double[count.length * PLACES];
  }

  private static Adwin open(final Options options) {
    return new Adwin(options.real("delta", DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE));
  }

  @Override
  public boolean add(final double value) {
    if (!(Math.abs(value) <= RestartingDetector.LARGEST)) {
      return Double.isFinite(value) && add(Math.copySign(RestartingDetector.LARGEST, value));
    }
    taken++;
    insert(value);
    if (taken % CLOCK != 0 || width <= SMALLEST_WINDOW) {
      return false;
    }
    boolean changed = false;
    while (someCutHolds()) {
      dropOldestBucket();
      changed = true;
    }
    if (changed) {
      detections++;
    }
    return changed;
  }

  private void insert(final double value) {
    width++;
    append(0, value, 0.0);
    if (width > 1) {
      final double offMean = value - total / (width - 1);
      deviation += (width - 1) * offMean * offMean / width;
    }
    total += value;
    compress();
  }

  /** Merges the two oldest buckets of each overfull row into the next row. */
  private void compress() {
    for (int row = 0; row < rows && count[row] == PLACES; row++) {
      final double size = bucketSize(row);
      final int at = row * PLACES;
      final double offset = bucketTotal[at] / size - bucketTotal[at + 1] / size;
      final double mergedTotal = bucketTotal[at] + bucketTotal[at + 1];
      final double mergedDeviation =
          bucketDeviation[at]
              + bucketDeviation[at + 1]
              + size * size * offset * offset / (size + size);
      if (row + 1 == rows) {
        addRow();
      }
      append(row + 1, mergedTotal, mergedDeviation);
      removeOldest(row, 2);
    }
  }

  /** Whether the means before and after some bucket border differ by more than chance. */
  private boolean someCutHolds() {
    final double confidence = StrictMath.log(2 * StrictMath.log((double) width) / delta);
    final double variance = deviation / width;
    long older = 0;
    long newer = width;
    double olderTotal = 0;
    double newerTotal = total;
    for (int row = rows - 1; row >= 0; row--) {
      final long size = bucketSize(row);
      for (int k = 0; k < count[row]; k++) {
        if (row == 0 && k == count[row] - 1) {
          return false;
        }
        older += size;
        newer -= size;
        olderTotal += bucketTotal[row * PLACES + k];
        newerTotal -= bucketTotal[row * PLACES + k];
        if (newer > SMALLEST_PART + 1 && older > SMALLEST_PART + 1) {
          final double harmonic =
              1.0 / (older - SMALLEST_PART + 1) + 1.0 / (newer - SMALLEST_PART + 1);
          final double chance =
              Math.sqrt(2 * harmonic * variance * confidence) + 2.0 / 3 * confidence * harmonic;
          if (Math.abs(olderTotal / older - newerTotal / newer) > chance) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void dropOldestBucket() {
    final int row = rows - 1;
    final int at = row * PLACES;
    final double size = bucketSize(row);
    width -= bucketSize(row);
    total -= bucketTotal[at];
    final double offset = bucketTotal[at] / size - total / width;
    deviation -= bucketDeviation[at] + size * width * offset * offset / (size + width);
    removeOldest(row, 1);
    if (count[row] == 0) {
      rows--;
    }
    renewSums();
  }

  /**
   * Takes the sums of the window anew from its buckets where they are not those any more: a value
   * that was larger than all others by orders of magnitude leaves rounding errors of its own size
   * when it is dropped. Sums of errors and of losses in the order of 1 never need it.
   */
  private void renewSums() {
    double sum = 0;
    double size = 0;
    for (int row = 0; row < rows; row++) {
      for (int k = row * PLACES; k < row * PLACES + count[row]; k++) {
        sum += bucketTotal[k];
        size += Math.abs(bucketTotal[k]);
      }
    }
    double squares = 0;
    final double mean = sum / width;
    for (int row = 0; row < rows; row++) {
      final double values = bucketSize(row);
      for (int k = row * PLACES; k < row * PLACES + count[row]; k++) {
        final double offset = bucketTotal[k] / values - mean;
        squares += bucketDeviation[k] + values * offset * offset;
      }
    }
    if (!(Math.abs(total - sum) <= ROUNDING * (1 + size))
        || !(Math.abs(deviation - squares) <= ROUNDING * (1 + squares))) {
      total = sum;
      deviation = squares;
    }
  }

  private void append(final int row, final double valueTotal, final double valueDeviation) {
    final int at = row * PLACES + count[row]++;
    bucketTotal[at] = valueTotal;
    bucketDeviation[at] = valueDeviation;
  }

  private void removeOldest(final int row, final int buckets) {
    final int from = row * PLACES + buckets;
    final int kept = count[row] - buckets;
    System.arraycopy(bucketTotal, from, bucketTotal, row * PLACES, kept);
    System.arraycopy(bucketDeviation, from, bucketDeviation, row * PLACES, kept);
    count[row] = kept;
  }

  private void addRow() {
    if (rows == count.length) {
      count = Arrays.copyOf(count, rows + FIRST_ROWS);
      bucketTotal = Arrays.copyOf(bucketTotal, count.length * PLACES);
      bucketDeviation = Arrays.copyOf(bucketDeviation, count.length * PLACES);
    }
    count[rows++] = 0;
  }

  private static long bucketSize(final int row) {
    return 1L << row;
  }

  @Override
  public double estimate() {
    return width == 0 ? 0.0 : total / width;
  }

  @Override
  public long width() {
    return width;
  }

  /** Variance of the values in the window; 0 while it is empty. */
  public double variance() {
    return width == 0 ? 0.0 : deviation / width;
  }

  @Override
  public long detections() {
    return detections;
  }

  @Override
  public DetectorKind kind() {
    return KIND;
  }

  @Override
  public String spec() {
    return KIND.spec(delta);
  }

  @Override
  public Adwin fresh() {
    return new Adwin(delta);
  }

  @Override
  public long sizeBytes() {
    return HEADER_BYTES + 4L * count.length + 8L * bucketTotal.length + 8L * bucketDeviation.length;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name()).putDouble(delta).putLong(taken).putLong(detections);
    out.putDouble(total).putDouble(deviation);
    out.putInts(count, count.length);
    Column.write(bucketTotal, rows * PLACES, out);
    Column.write(bucketDeviation, rows * PLACES, out);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not a detector
   */
  public static Adwin read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final double delta = in.getDouble();
    if (!(delta > 0.0 && delta < 1.0)) {
      throw new MalformedImageException("ADWIN: delta is " + delta + " instead of 0 to 1");
    }
    final long taken = in.getCount("ADWIN: values taken");
    final long detections = in.getCount("ADWIN: alarms");
    final double total = in.getFinite("ADWIN: total");
    final double deviation = in.getFinite("ADWIN: sum of squares");
    final int[] count = in.getInts();
    if (count.length < 1 || count.length > MOST_ROWS) {
      throw new MalformedImageException("ADWIN: there is room for " + count.length + " rows");
    }
    final Adwin adwin = new Adwin(delta, count);
    adwin.taken = taken;
    adwin.detections = detections;
    adwin.total = total;
    adwin.deviation = deviation;
    adwin.rows = count.length;
    while (adwin.rows > 1 && count[adwin.rows - 1] == 0) {
      adwin.rows--;
    }
    Column.read(adwin.bucketTotal, adwin.rows * PLACES, in);
    Column.read(adwin.bucketDeviation, adwin.rows * PLACES, in);
    adwin.checkRows();
    for (int row = 0; row < adwin.rows; row++) {
      adwin.width += adwin.count[row] * bucketSize(row);
    }
    if (adwin.taken < adwin.width) {
      throw new MalformedImageException(
          "ADWIN: a window of " + adwin.width + " after " + adwin.taken + " values");
    }
    return adwin;
  }

  private void checkRows() {
    for (int row = 0; row < rows; row++) {
      if (count[row] < 0 || count[row] > BUCKETS) {
        throw new MalformedImageException("ADWIN: row " + row + " has " + count[row] + " buckets");
      }
      for (int k = row * PLACES; k < row * PLACES + count[row]; k++) {
        ImageReader.checked(
            bucketTotal[k], -Double.MAX_VALUE, Double.MAX_VALUE, "ADWIN: a bucket's total");
        ImageReader.checked(
            bucketDeviation[k], 0, Double.MAX_VALUE, "ADWIN: a bucket's sum of squares");
      }
    }
  }
}
