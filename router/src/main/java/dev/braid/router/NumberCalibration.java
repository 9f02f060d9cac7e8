package dev.braid.router;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Winsorizer;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;

/**
 * Of numbers: targets that lie far outside of all there were lately are learned as if they lay at
 * the edge, predictions are kept near the range of the targets, and quantiles are put around them.
 *
 * <p>The first target of all has nothing beside which it could be absurd. The experts do not learn
 * it: it is the prediction until there is a second one, and forgotten where that shows it to be
 * far.
 *
 * <p>A quantile is the prediction plus a multiple of the errors' mean size of lately; the multiple
 * comes from a {@link QuantileTracker}. A label that comes late is judged by what the trackers say
 * when it arrives: were they judged by what they said long before, they would turn too late, and
 * swing.
 */
final class NumberCalibration extends Calibration {
  /** Events that the mean size of errors is about. */
  private static final double MEMORY = 200;

  /** Mean sizes beyond which an error does not count more. */
  private static final double FAR = 20;

  /** Errors from which quantiles are given out. */
  private static final int ENOUGH = 20;

  /** Widths of the usual range by which what is given out may lie outside of it. */
  private static final double OUTSIDE = 4;

  private Winsorizer range = range();

  /** Whether the range is that of the first target alone. */
  private boolean alone;

  private final double[] levels;
  private final QuantileTracker[] trackers;

  /** Indices of the trackers in the order of their levels. */
  private final int[] ascending;

  private double errors;
  private double size;

  // Scratch.
  private final double[] target = new double[1];
  private final double[] bounds;

  NumberCalibration(final double[] levels) {
    this.levels = levels.clone();
    trackers = Arrays.stream(levels).mapToObj(QuantileTracker::new).toArray(QuantileTracker[]::new);
    bounds = new double[levels.length];
    ascending = new int[levels.length];
    for (int i = 0; i < levels.length; i++) {
      int at = i;
      for (; at > 0 && levels[ascending[at - 1]] > levels[i]; at--) {
        ascending[at] = ascending[at - 1];
      }
      ascending[at] = i;
    }
  }

  private static Winsorizer range() {
    return new Winsorizer(Schema.ofQuantity(List.of(Feature.numeric("target"))));
  }

  @Override
  double[] levels() {
    return levels;
  }

  @Override
  boolean wantsPredictions() {
    return true;
  }

  @Override
  boolean trusts(final double value) {
    return !range.isEmpty(0);
  }

  @Override
  double usual(final double value) {
    if (alone && secondRange(value) != range) {
      return value;
    }
    target[0] = value;
    return range.clip(target)[0];
  }

  /** The range to go on with at the second target: one without the first where that is far. */
  private Winsorizer secondRange(final double second) {
    final Winsorizer without = range();
    without.learn(new double[] {second});
    final double[] first = {range.limit(0, Double.NaN, 0)};
    return !without.isEmpty(0) && without.clip(first) != first ? without : range;
  }

  @Override
  void finish(final Prediction out) {
    final double[] quantiles = out.quantiles();
    if (range.isEmpty(0)) {
      out.setNumber(Double.NaN);
      Arrays.fill(quantiles, Double.NaN);
      return;
    }
    out.setNumber(range.limit(0, alone ? Double.NaN : out.number(), OUTSIDE));
    if (errors < ENOUGH) {
      Arrays.fill(quantiles, Double.NaN);
    } else {
      bounds(out.number());
      System.arraycopy(bounds, 0, quantiles, 0, quantiles.length);
    }
  }

  /** The quantiles around a prediction. */
  private void bounds(final double number) {
    double before = Double.NEGATIVE_INFINITY;
    for (final int i : ascending) {
      final double from = size > 0 ? size * trackers[i].bound() : 0;
      final double limited = range.limit(0, number + from, OUTSIDE);
      // The interval holds the prediction.
      final double bound =
          i == 0 ? Math.min(number, limited) : i == 1 ? Math.max(number, limited) : limited;
      before = Math.max(before, bound);
      bounds[i] = before;
    }
  }

  @Override
  void learn(final double value, final Prediction then) {
    if (alone) {
      final Winsorizer second = secondRange(value);
      alone = false;
      if (second != range) {
        range = second;
        return;
      }
    }
    final boolean first = range.isEmpty(0);
    final double number = then.number();
    if (!range.isEmpty(0) && Double.isFinite(number)) {
      final double error = usual(value) - number;
      if (errors >= ENOUGH) {
        bounds(number);
        judge(value, error);
      }
      final double far = errors < ENOUGH ? Double.MAX_VALUE : FAR * size;
      final double counted = Math.min(far, Math.abs(error));
      errors++;
      size += (counted - size) / Math.min(errors, MEMORY);
    }
    target[0] = value;
    range.learn(target);
    alone = first && !range.isEmpty(0);
  }

  private void judge(final double value, final double error) {
    for (int i = 0; i < levels.length; i++) {
      // What lies on a bound lies within the interval.
      final boolean below = levels[i] < 0.5 ? value < bounds[i] : value <= bounds[i];
      trackers[i].learn(size > 0 ? error / size : Math.signum(error), below, errors - ENOUGH);
    }
  }

  @Override
  long sizeBytes() {
    return range.sizeBytes() + 160 + 96L * levels.length;
  }

  /**
   * Layout: range of the targets, whether of one alone, errors taken in, their mean size, number of
   * levels, trackers.
   */
  @Override
  void write(final ImageWriter out) {
    range.write(out);
    out.putBoolean(alone);
    out.putDouble(errors).putDouble(size).putDoubles(levels, levels.length);
    for (final QuantileTracker tracker : trackers) {
      tracker.write(out);
    }
  }

  /** Trackers of other levels than those that were saved begin anew. */
  @Override
  void read(final ImageReader in) {
    range.read(in);
    alone = in.getBoolean();
    errors = in.getDoubleIn(0, Double.MAX_VALUE, "errors");
    size = in.getDoubleIn(0, Double.MAX_VALUE, "mean size of errors");
    for (final double level : in.getDoubles()) {
      final QuantileTracker saved = new QuantileTracker(level);
      saved.read(in);
      for (int i = 0; i < levels.length; i++) {
        trackers[i] = levels[i] == level ? saved : trackers[i];
      }
    }
  }
}
