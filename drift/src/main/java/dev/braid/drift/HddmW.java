package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * HDDM with the W-test (I. Frias-Blanco et al.: Online and Non-Parametric Drift Detection Methods
 * Based on Hoeffding's Bounds, IEEE TKDE 27(3), 2015, section 3.2 and algorithm 1): the weighted
 * mean of the values since the moment at which the weighted mean's upper bound was lowest is held
 * against the mean of that moment, by McDiarmid's inequality. Values lie in 0 to 1.
 *
 * <p>With {@code two-sided} the detector also starts anew when the mean is seen to have fallen,
 * which is no alarm. Alarms are those of MOA 2024.07 ({@code
 * moa.classifiers.core.driftdetection.HDDM_W_Test}), whose options d, m and t are {@code
 * confidence}, {@code weight} and {@code two-sided}.
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * double   confidence, weight
 * boolean  two-sided
 * ...      what {@link RestartingDetector} writes
 * double   mean and sum of squared weights of all values, of those up to the lowest upper bound, of
 *          those since then; two-sided: of those up to the highest lower bound, of those since then
 * long     values since the lowest upper bound; two-sided: since the highest lower bound
 * </pre>
 */
public final class HddmW extends RestartingDetector {
  static final DetectorKind KIND =
      new DetectorKind(
          "hddm-w",
          "Weighted mean of the latest values against the lowest before, by McDiarmid's inequality"
              + " (Frias-Blanco et al. 2015, W-test); for values from 0 to 1, sees rises alone,"
              + " gradual ones too.",
          List.of(
              new Option(
                  "confidence",
                  "0.001",
                  "Chance of a false alarm at one value, 1e-12 to 0.99; fewer alarms with less."),
              new Option(
                  "weight",
                  "0.05",
                  "Weight of the newest value in a mean, 1e-6 to 1; less forgets more slowly."),
              new Option(
                  "two-sided",
                  "false",
                  "Whether it starts anew, without an alarm, when the mean has fallen.")),
          HddmW::open,
          HddmW::read);

  private static final double LEAST_WEIGHT = 1e-6;

  private final double confidence;
  private final double weight;
  private final boolean twoSided;
  private final double logOfOne;
  private final Ewma all = new Ewma();
  private final Ewma low = new Ewma();
  private final Ewma sinceLow = new Ewma();
  private final Ewma high = new Ewma();
  private final Ewma sinceHigh = new Ewma();
  private long countSinceLow;
  private long countSinceHigh;

  /**
   * @param confidence chance of a false alarm, 1e-12 to 0.99
   * @param weight of the newest value, 1e-6 to 1
   * @param twoSided whether a fall starts the detector anew
   */
  HddmW(final double confidence, final double weight, final boolean twoSided) {
    this.confidence = confidence;
    this.weight = weight;
    this.twoSided = twoSided;
    logOfOne = StrictMath.log(1 / confidence);
  }

  private static HddmW open(final Options options) {
    return new HddmW(
        options.real("confidence", DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE),
        options.real("weight", LEAST_WEIGHT, 1),
        options.flag("two-sided"));
  }

  @Override
  public boolean add(final double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    final double taken = limited(value, 0, 1);
    count++;
    all.add(taken, weight);
    final double bound = bound(all.squares);
    if (low.isEmpty() || all.mean + bound < low.mean + bound(low.squares)) {
      low.set(all);
      sinceLow.clear();
      countSinceLow = 0;
    } else {
      sinceLow.add(taken, weight);
      countSinceLow++;
    }
    final boolean rose = differ(low, sinceLow);
    if (rose) {
      alarm(sinceLow.mean, countSinceLow);
    }
    if (twoSided) {
      // As in MOA the value that raised an alarm is also the first after it for this side.
      watchForFall(taken);
    }
    return rose;
  }

  private void watchForFall(final double value) {
    final double highest = high.isEmpty() ? 0 : high.mean - bound(high.squares);
    if (!all.isEmpty() && all.mean - bound(all.squares) > highest) {
      high.set(all);
      sinceHigh.clear();
      countSinceHigh = 0;
    } else {
      sinceHigh.add(value, weight);
      countSinceHigh++;
    }
    if (differ(sinceHigh, high)) {
      restartFrom(sinceHigh.mean, countSinceHigh);
    }
  }

  /** How far a mean may lie from what it estimates. */
  private double bound(final double squares) {
    return Math.sqrt(squares * logOfOne / 2);
  }

  /** Whether one mean lies above another by more than chance. */
  private boolean differ(final Ewma lower, final Ewma upper) {
    return !lower.isEmpty()
        && !upper.isEmpty()
        && upper.mean - lower.mean > bound(lower.squares + upper.squares);
  }

  @Override
  public boolean rose(final double value) {
    return add(value);
  }

  @Override
  double mean() {
    return all.mean;
  }

  @Override
  void restart() {
    all.clear();
    low.clear();
    sinceLow.clear();
    high.clear();
    sinceHigh.clear();
    countSinceLow = 0;
    countSinceHigh = 0;
  }

  @Override
  public DetectorKind kind() {
    return KIND;
  }

  @Override
  public String spec() {
    return KIND.spec(confidence, weight, twoSided);
  }

  @Override
  public HddmW fresh() {
    return new HddmW(confidence, weight, twoSided);
  }

  @Override
  public long sizeBytes() {
    return BASE_BYTES + 9 * 8 + 5 * Ewma.BYTES;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name())
        .putDouble(confidence)
        .putDouble(weight)
        .putBoolean(twoSided);
    writeBase(out);
    all.write(out);
    low.write(out);
    sinceLow.write(out);
    out.putLong(countSinceLow);
    if (twoSided) {
      high.write(out);
      sinceHigh.write(out);
      out.putLong(countSinceHigh);
    }
  }

  private static HddmW read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final HddmW hddm =
        new HddmW(
            in.getDoubleIn(
                DetectorKind.LEAST_CHANCE, DetectorKind.HIGHEST_CHANCE, "HDDM-W: confidence"),
            in.getDoubleIn(LEAST_WEIGHT, 1, "HDDM-W: weight"),
            in.getBoolean());
    hddm.readBase(in);
    hddm.all.read(in);
    hddm.low.read(in);
    hddm.sinceLow.read(in);
    hddm.countSinceLow = in.getLongIn(0, hddm.count, "HDDM-W: values since the lowest mean");
    if (hddm.twoSided) {
      hddm.high.read(in);
      hddm.sinceHigh.read(in);
      hddm.countSinceHigh = in.getCount("HDDM-W: values since the highest mean");
    }
    return hddm;
  }
}
