package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * The Page-Hinkley test (E. S. Page: Continuous Inspection Schemes, Biometrika 41, 1954; as in J.
 * Gama et al.: A Survey on Concept Drift Adaptation, ACM Computing Surveys 46(4), 2014, section
 * 3.2): the sum of how far each value lies above the mean so far, less {@code delta}, rises when
 * the mean does. An alarm is raised when it exceeds its lowest value so far by {@code threshold}.
 *
 * <p>With {@code fading} below 1 the sum forgets, which holds it near 0, and it is held against 0
 * instead. Alarms are then those of MOA 2024.07 ({@code
 * moa.classifiers.core.driftdetection.PageHinkleyDM}, whose options d, l and a are {@code delta},
 * {@code threshold} and {@code fading}, 0.9999 there; its option n is {@code warm-up} + 1).
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * int     warm-up
 * double  delta, threshold, fading
 * ...     what {@link RestartingDetector} writes
 * double  mean, sum
 * double  what the sum is held against
 * long    values taken when the sum was there last
 * double  their mean
 * </pre>
 */
public final class PageHinkley extends RestartingDetector {
  static final DetectorKind KIND =
      new DetectorKind(
          "page-hinkley",
          "Sum of what values exceed their mean by (Page 1954); for numbers of any size, sees rises"
              + " alone.",
          List.of(
              new Option(
                  "warm-up",
                  "30",
                  "Values that come after a start before one can be an alarm, this included, 1 to"
                      + " 1000000."),
              new Option(
                  "delta",
                  "0.005",
                  "What a value may exceed the mean by without counting, 0 to 1e9; as large as half"
                      + " the smallest rise that matters."),
              new Option(
                  "threshold",
                  "50.0",
                  "Sum that is an alarm, 1e-9 to 1e12; fewer and later alarms with more."),
              new Option(
                  "fading",
                  "1.0",
                  "What is left of the sum at each value, 0.5 to 1; below 1 the sum is held against 0"
                      + " and not against its lowest value.")),
          PageHinkley::open,
          PageHinkley::read);

  private static final int LONGEST_WARM_UP = 1_000_000;
  private static final double HIGHEST_DELTA = 1e9;
  private static final double LOWEST_THRESHOLD = 1e-9;
  private static final double HIGHEST_THRESHOLD = 1e12;
  private static final double LOWEST_FADING = 0.5;

  private final int warmUp;
  private final double delta;
  private final double threshold;
  private final double fading;
  private double mean;
  private double sum;
  private double floor;
  private long floorAt;
  private double floorMean;

  /**
   * @param warmUp number of the first value that can be an alarm, 1 to 1,000,000
   * @param delta what does not count, 0 to 1e9
   * @param threshold sum that is an alarm, 1e-9 to 1e12
   * @param fading what is left of the sum at each value, 0.5 to 1
   */
  PageHinkley(final int warmUp, final double delta, final double threshold, final double fading) {
    this.warmUp = warmUp;
    this.delta = delta;
    this.threshold = threshold;
    this.fading = fading;
  }

  private static PageHinkley open(final Options options) {
    return new PageHinkley(
        options.integer("warm-up", 1, LONGEST_WARM_UP),
        options.real("delta", 0, HIGHEST_DELTA),
        options.real("threshold", LOWEST_THRESHOLD, HIGHEST_THRESHOLD),
        options.real("fading", LOWEST_FADING, 1));
  }

  @Override
  public boolean add(final double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    final double taken = limited(value, -LARGEST, LARGEST);
    count++;
    mean += (taken - mean) / count;
    sum = fading * sum + (taken - mean - delta);
    if (sum <= floor) {
      floor = fading < 1 ? 0 : sum;
      floorAt = count;
      floorMean = mean;
    }
    if (count < warmUp || !(sum - floor > threshold)) {
      return false;
    }
    final long since = count - floorAt;
    return alarm((mean * count - floorMean * floorAt) / since, since);
  }

  @Override
  public boolean rose(final double value) {
    return add(value);
  }

  @Override
  double mean() {
    return mean;
  }

  @Override
  void restart() {
    mean = 0;
    sum = 0;
    floor = 0;
    floorAt = 0;
    floorMean = 0;
  }

  @Override
  public DetectorKind kind() {
    return KIND;
  }

  @Override
  public String spec() {
    return KIND.spec(warmUp, delta, threshold, fading);
  }

  @Override
  public PageHinkley fresh() {
    return new PageHinkley(warmUp, delta, threshold, fading);
  }

  @Override
  public long sizeBytes() {
    return BASE_BYTES + 9 * 8;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name()).putInt(warmUp).putDouble(delta);
    out.putDouble(threshold).putDouble(fading);
    writeBase(out);
    out.putDouble(mean).putDouble(sum).putDouble(floor).putLong(floorAt).putDouble(floorMean);
  }

  private static PageHinkley read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final PageHinkley detector =
        new PageHinkley(
            in.getIntIn(1, LONGEST_WARM_UP, "Page-Hinkley: warm-up"),
            in.getDoubleIn(0, HIGHEST_DELTA, "Page-Hinkley: delta"),
            in.getDoubleIn(LOWEST_THRESHOLD, HIGHEST_THRESHOLD, "Page-Hinkley: threshold"),
            in.getDoubleIn(LOWEST_FADING, 1, "Page-Hinkley: fading"));
    detector.readBase(in);
    detector.mean = in.getDoubleIn(-LARGEST, LARGEST, "Page-Hinkley: mean");
    detector.sum = in.getFinite("Page-Hinkley: sum");
    detector.floor = in.getFinite("Page-Hinkley: lowest sum");
    detector.floorAt = in.getLongIn(0, detector.count, "Page-Hinkley: place of the lowest sum");
    detector.floorMean = in.getDoubleIn(-LARGEST, LARGEST, "Page-Hinkley: mean at the lowest sum");
    return detector;
  }
}
