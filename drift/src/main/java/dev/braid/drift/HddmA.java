package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * HDDM with the A-test (I. Frias-Blanco et al.: Online and Non-Parametric Drift Detection Methods
 * Based on Hoeffding's Bounds, IEEE TKDE 27(3), 2015, section 3.1 and algorithm 1): the mean of all
 * values is held against the mean up to the moment whose upper bound was lowest. An alarm is raised
 * when they differ by more than Hoeffding's inequality allows. Values lie in 0 to 1.
 *
 * <p>With {@code two-sided} the detector also starts anew when the mean is seen to have fallen,
 * which is no alarm. Alarms and estimates are those of MOA 2024.07 ({@code
 * moa.classifiers.core.driftdetection.HDDM_A_Test}), whose options d and t are {@code confidence}
 * and {@code two-sided}.
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * double   confidence
 * boolean  two-sided
 * ...      what {@link RestartingDetector} writes
 * double   sum of the values
 * long     values taken when the upper bound was lowest, 0 for not yet
 * double   their sum
 * long     values taken when the lower bound was highest, 0 for not yet
 * double   their sum
 * </pre>
 */
public final class HddmA extends RestartingDetector {
  static final DetectorKind KIND =
      new DetectorKind(
          "hddm-a",
          "Mean of all values against the lowest mean before, by Hoeffding's inequality"
              + " (Frias-Blanco et al. 2015, A-test); for values from 0 to 1, sees rises alone.",
          List.of(
              new Option(
                  "confidence",
                  "0.001",
                  "Chance of a false alarm at one value, 1e-12 to 0.99; fewer alarms with less."),
              new Option(
                  "two-sided",
                  "true",
                  "Whether it starts anew, without an alarm, when the mean has fallen.")),
          HddmA::open,
          HddmA::read);

  private final double confidence;
  private final boolean twoSided;
  private final double logOfOne;
  private final double logOfTwo;
  private double sum;
  private long lowCount;
  private double lowSum;
  private long highCount;
  private double highSum;

  /**
   * @param confidence chance of a false alarm, 1e-12 to 0.99
   * @param twoSided whether a fall starts the detector anew
   */
  HddmA(final double confidence, final boolean twoSided) {
    this.confidence = confidence;
    this.twoSided = twoSided;
    logOfOne = StrictMath.log(1 / confidence);
    logOfTwo = StrictMath.log(2 / confidence);
  }

  private static HddmA open(final Options options) {
    return new HddmA(
        options.real("confidence", DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE),
        options.flag("two-sided"));
  }

  @Override
  public boolean add(final double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    count++;
    sum += limited(value, 0, 1);
    final double mean = sum / count;
    final double bound = bound(count);
    if (lowCount == 0 || lowSum / lowCount + bound(lowCount) >= mean + bound) {
      lowCount = count;
      lowSum = sum;
    }
    if (highCount == 0 || highSum / highCount - bound(highCount) <= mean - bound) {
      highCount = count;
      highSum = sum;
    }
    if (lowCount < count && mean - lowSum / lowCount >= difference(lowCount)) {
      return alarm((sum - lowSum) / (count - lowCount), count - lowCount);
    }
    if (twoSided && highCount < count && highSum / highCount - mean >= difference(highCount)) {
      restartFrom((sum - highSum) / (count - highCount), count - highCount);
    }
    return false;
  }

  /** How far the mean of so many values may lie from what it estimates. */
  private double bound(final long values) {
    return Math.sqrt(1.0 / (2 * values) * logOfOne);
  }

  /** How far the mean of the first values may lie from the mean of all by chance. */
  private double difference(final long first) {
    final double share = (double) (count - first) / first * (1.0 / count);
    return Math.sqrt(share / 2.0 * logOfTwo);
  }

  @Override
  public boolean rose(final double value) {
    return add(value);
  }

  @Override
  double mean() {
    return sum / count;
  }

  @Override
  void restart() {
    sum = 0;
    lowCount = 0;
    lowSum = 0;
    highCount = 0;
    highSum = 0;
  }

  @Override
  public DetectorKind kind() {
    return KIND;
  }

  @Override
  public String spec() {
    return KIND.spec(confidence, twoSided);
  }

  @Override
  public HddmA fresh() {
    return new HddmA(confidence, twoSided);
  }

  @Override
  public long sizeBytes() {
    return BASE_BYTES + 9 * 8;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name()).putDouble(confidence).putBoolean(twoSided);
    writeBase(out);
    out.putDouble(sum).putLong(lowCount).putDouble(lowSum).putLong(highCount).putDouble(highSum);
  }

  private static HddmA read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final HddmA hddm =
        new HddmA(
            in.getDoubleIn(
                DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE, "HDDM-A: confidence"),
            in.getBoolean());
    hddm.readBase(in);
    hddm.sum = in.getDoubleIn(0, (double) hddm.count, "HDDM-A: sum");
    hddm.lowCount = in.getLongIn(0, hddm.count, "HDDM-A: place of the lowest mean");
    hddm.lowSum = in.getDoubleIn(0, (double) hddm.lowCount, "HDDM-A: sum at the lowest mean");
    hddm.highCount = in.getLongIn(0, hddm.count, "HDDM-A: place of the highest mean");
    hddm.highSum = in.getDoubleIn(0, (double) hddm.highCount, "HDDM-A: sum at the highest mean");
    return hddm;
  }
}
