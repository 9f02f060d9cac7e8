package dev.braid.drift;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * DDM, the drift detection method (J. Gama, P. Medas, G. Castillo, P. Rodrigues: Learning with
 * Drift Detection, SBIA 2004, section 3): the error rate p of a learner falls as it learns, with a
 * standard deviation s = sqrt(p (1 - p) / n). An alarm is raised when p + s exceeds the lowest p +
 * s seen by {@code level} of the deviations seen there. Values lie in 0 to 1.
 *
 * <p>Alarms are those of MOA 2024.07 ({@code moa.classifiers.core.driftdetection.DDM}), whose
 * options n and o are {@code warm-up} and {@code level}. The warning level of the paper is a second
 * detector with a lower level here.
 *
 * <p>Layout ({@code DTEC}, version 1, with the name):
 *
 * <pre>
 * int     warm-up
 * double  level
 * ...     what {@link RestartingDetector} writes
 * double  error rate
 * long    values taken when its upper bound was lowest, 0 for not yet
 * double  rate and deviation then
 * </pre>
 */
public final class Ddm extends RestartingDetector {
  static final DetectorKind KIND =
      new DetectorKind(
          "ddm",
          "Error rate against the lowest that the learner has reached (Gama et al. 2004); for values"
              + " from 0 to 1, sees rises alone.",
          List.of(
              new Option(
                  "warm-up",
                  "30",
                  "Values that come after a start before one can be an alarm, this included, 2 to"
                      + " 1000000."),
              new Option(
                  "level",
                  "3.0",
                  "Standard deviations above the lowest rate that are an alarm, 1 to 10.")),
          Ddm::open,
          Ddm::read);

  private static final int LONGEST_WARM_UP = 1_000_000;
  private static final double HIGHEST_LEVEL = 10;

  private final int warmUp;
  private final double level;
  private double rate;
  private long lowestAt;
  private double lowestRate;
  private double lowestDeviation;

  /**
   * @param warmUp number of the first value that can be an alarm, 2 to 1,000,000
   * @param level deviations above the lowest rate that are an alarm, 1 to 10
   */
  Ddm(final int warmUp, final double level) {
    this.warmUp = warmUp;
    this.level = level;
  }

  private static Ddm open(final Options options) {
    return new Ddm(
        options.integer("warm-up", 2, LONGEST_WARM_UP), options.real("level", 1, HIGHEST_LEVEL));
  }

  @Override
  public boolean add(final double value) {
    if (!Double.isFinite(value)) {
      return false;
    }
    count++;
    rate += (limited(value, 0, 1) - rate) / count;
    final double deviation = Math.sqrt(rate * (1 - rate) / count);
    if (count < warmUp - 1) {
      return false;
    }
    if (lowestAt == 0 || rate + deviation <= lowestRate + lowestDeviation) {
      lowestAt = count;
      lowestRate = rate;
      lowestDeviation = deviation;
    }
    if (count < warmUp || !(rate + deviation > lowestRate + level * lowestDeviation)) {
      return false;
    }
    final long since = count - lowestAt;
    return alarm(limited((rate * count - lowestRate * lowestAt) / since, 0, 1), since);
  }

  @Override
  public boolean rose(final double value) {
    return add(value);
  }

  @Override
  double mean() {
    return rate;
  }

  @Override
  void restart() {
    rate = 0;
    lowestAt = 0;
    lowestRate = 0;
    lowestDeviation = 0;
  }

  @Override
  public DetectorKind kind() {
    return KIND;
  }

  @Override
  public String spec() {
    return KIND.spec(warmUp, level);
  }

  @Override
  public Ddm fresh() {
    return new Ddm(warmUp, level);
  }

  @Override
  public long sizeBytes() {
    return BASE_BYTES + 6 * 8;
  }

  @Override
  public void write(final ImageWriter out) {
    out.begin(ImageKind.DETECTOR, KIND.name()).putInt(warmUp).putDouble(level);
    writeBase(out);
    out.putDouble(rate).putLong(lowestAt).putDouble(lowestRate).putDouble(lowestDeviation);
  }

  private static Ddm read(final ImageReader in) {
    in.begin(ImageKind.DETECTOR, KIND.name());
    final Ddm ddm =
        new Ddm(
            in.getIntIn(2, LONGEST_WARM_UP, "DDM: warm-up"),
            in.getDoubleIn(1, HIGHEST_LEVEL, "DDM: level"));
    ddm.readBase(in);
    ddm.rate = in.getDoubleIn(0, 1, "DDM: error rate");
    ddm.lowestAt = in.getLongIn(0, ddm.count, "DDM: place of the lowest rate");
    ddm.lowestRate = in.getDoubleIn(0, 1, "DDM: lowest rate");
    ddm.lowestDeviation = in.getDoubleIn(0, 1, "DDM: deviation of the lowest rate");
    return ddm;
  }
}
