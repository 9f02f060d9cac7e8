package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;

/**
 * KSWIN, Kolmogorov-Smirnov windowing (C. Raab, M. Heusinger, F.-M. Schleif: Reactive Soft
 * Prototype Computing for Concept Drift Streams, Neurocomputing 416, 2020, section 3.2): of a
 * window of the latest values the {@code recent} newest are held against as many drawn at random
 * from the older ones. An alarm is raised when their empirical distributions lie further apart than
 * sqrt(-ln(alpha) / recent), and then the newest alone are kept. So it sees changes of the
 * distribution that leave the mean as it is, too. A value costs a sort of {@code recent} numbers.
 *
 * <p>Values are drawn without replacement, by SplitMix64 from a seed: the same values give the same
 * alarms. Where the older values are as many as the newest all of them are taken, and chance has no
 * part in it.
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * double    alpha
 * int       window, recent
 * long      seed, numbers drawn, alarms
 * double[]  the window, oldest first
 * </pre>
 */
public final class Kswin implements DriftDetector {
  static final DetectorKind KIND =
      new DetectorKind(
          "kswin",
          "Distribution of the newest values against that of a sample of older ones, by the"
              + " Kolmogorov-Smirnov test (Raab et al. 2020); for numbers of any size, sees rises,"
              + " falls and changes of shape.",
          List.of(
              new Option(
                  "alpha",
                  "0.0001",
                  "Chance of a false alarm at one value, 1e-12 to 0.99; fewer alarms with less."),
              new Option(
                  "window", "100", "Values that are kept, 4 to 4096, twice recent at the least."),
              new Option("recent", "30", "Newest of them that are compared, 2 to 2048."),
              new Option("seed", "1", "Seed of the sample of older values.")),
          Kswin::open,
          Kswin::read);

  private static final int LARGEST_WINDOW = 4096;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final double alpha;
  private final int recent;
  private final long seed;
  private final double threshold;
  private final double[] window;
  private final double[] newer;
  private final double[] older;
  private int next;
  private int filled;
  private long drawn;
  private long detections;

  /**
   * @param alpha chance of a false alarm, 1e-12 to 0.99
   * @param window values that are kept, 4 to 4096
   * @param recent newest of them that are compared, 2 to half the window
   * @param seed of the sample
   */
  Kswin(final double alpha, final int window, final int recent, final long seed) {
    this.alpha = alpha;
    this.recent = recent;
    this.seed = seed;
    this.window = new double[window];
    newer = new double[recent];
    older = new double[window - recent];
    threshold = Math.sqrt(-StrictMath.log(alpha) * recent);
  }

  private static Kswin open(final Options options) {
    final int window = options.integer("window", 4, LARGEST_WINDOW);
    return new Kswin(
        options.real("alpha", DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE),
        window,
        options.integer("recent", 2, window / 2),
        options.wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Override
  public boolean add(final double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    final double limit = RestartingDetector.LARGEST;
    window[next] = RestartingDetector.limited(value, -limit, limit);
    next = next + 1 == window.length ? 0 : next + 1;
    filled = Math.min(filled + 1, window.length);
    if (filled < window.length || !(distance() > threshold)) {
      return false;
    }
    filled = recent;
    detections++;
    return true;
  }

  /** How far the two empirical distributions lie apart, times the size of a sample. */
  private int distance() {
    copy(next, older);
    copy(next + older.length, newer);
    sample();
    Arrays.sort(newer);
    Arrays.sort(older, 0, recent);
    int largest = 0;
    int n = 0;
    int o = 0;
    while (n < recent && o < recent) {
      final double value = Math.min(newer[n], older[o]);
      while (n < recent && newer[n] == value) {
        n++;
      }
      while (o < recent && older[o] == value) {
        o++;
      }
      largest = Math.max(largest, Math.abs(n - o));
    }
    return largest;
  }

  /** Copies values out of the ring. */
  private void copy(final int from, final double[] target) {
    final int start = from >= window.length ? from - window.length : from;
    final int first = Math.min(target.length, window.length - start);
    System.arraycopy(window, start, target, 0, first);
    System.arraycopy(window, 0, target, first, target.length - first);
  }

  /** Moves values drawn at random to the front of the older ones. */
  private void sample() {
    if (older.length == recent) {
      return;
    }
    for (int i = 0; i < recent; i++) {
      final int at = i + (int) (nextUnit() * (older.length - i));
      final double value = older[at];
      older[at] = older[i];
      older[i] = value;
    }
  }

  private double nextUnit() {
    drawn++;
    long z = seed + drawn * GOLDEN;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return ((z ^ z >>> 31) >>> 11) * 0x1.0p-53;
  }

  /** Place of the oldest value kept. */
  private int oldest() {
    return next >= filled ? next - filled : next - filled + window.length;
  }

  @Override
  public double estimate() {
    double sum = 0;
    for (int i = 0, at = oldest(); i < filled; i++) {
      sum += window[at];
      at = at + 1 == window.length ? 0 : at + 1;
    }
    return filled == 0 ? 0 : sum / filled;
  }

  @Override
  public long width() {
    return filled;
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
    return KIND.spec(alpha, window.length, recent, seed);
  }

  @Override
  public Kswin fresh() {
    return new Kswin(alpha, window.length, recent, seed);
  }

  @Override
  public long sizeBytes() {
    return 16 + 6 * 8 + 6 * 4 + 3 * 16 + 8L * (window.length + newer.length + older.length);
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name())
        .putDouble(alpha)
        .putInt(window.length)
        .putInt(recent);
    out.putLong(seed).putLong(drawn).putLong(detections);
    final double[] kept = new double[filled];
    copy(oldest(), kept);
    out.putDoubles(kept, filled);
  }

  private static Kswin read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final double alpha =
        in.getDoubleIn(DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE, "KSWIN: alpha");
    final int window = in.getIntIn(4, LARGEST_WINDOW, "KSWIN: window");
    final int recent = in.getIntIn(2, window / 2, "KSWIN: recent values");
    final Kswin kswin = new Kswin(alpha, window, recent, in.getLong());
    kswin.drawn = in.getCount("KSWIN: numbers drawn");
    kswin.detections = in.getCount("KSWIN: alarms");
    final double[] kept = in.getDoubles();
    if (kept.length > window) {
      throw new MalformedImageException(
          "KSWIN: " + kept.length + " values in a window of " + window);
    }
    for (int i = 0; i < kept.length; i++) {
      kswin.window[i] =
          ImageReader.checked(
              kept[i], -RestartingDetector.LARGEST, RestartingDetector.LARGEST, "KSWIN: a value");
    }
    kswin.filled = kept.length;
    kswin.next = kept.length == window ? 0 : kept.length;
    return kswin;
  }
}
