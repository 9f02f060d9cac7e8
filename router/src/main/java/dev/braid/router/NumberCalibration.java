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
 * far. Where the two are far from each other either may be the absurd one, and the experts do not
 * learn the second one either.
 *
 * <p>A quantile is the prediction plus a multiple of the errors' mean size of lately; the multiple
 * comes from a {@link QuantileTracker}. Trackers follow the newest errors; where labels come late
 * those are as old as the labels, and the quantiles are {@link LateErrors}' instead. The trackers
 * go on, judged by what they say when a label arrives, so that they are ready when labels come at
 * once.
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

  /** Targets learned. */
  private double known;

  /** Null while no label came late. */
  private LateErrors late;

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
    return !range.isEmpty(0) && !(alone && (secondRange(value) != range || usual(value) != value));
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
    out.setKnown(known);
    out.setUnit(late == null ? 0 : late.unit());
    if (range.isEmpty(0)) {
      out.setNumber(Double.NaN);
      Arrays.fill(quantiles, Double.NaN);
      return;
    }
    out.setNumber(range.limit(0, alone ? Double.NaN : out.number(), OUTSIDE));
    if (errors < ENOUGH) {
      Arrays.fill(quantiles, Double.NaN);
    } else {
      bounds(out.number(), late != null && late.areLate());
      System.arraycopy(bounds, 0, quantiles, 0, quantiles.length);
    }
  }

  /** The quantiles around a prediction. */
  private void bounds(final double number, final boolean ofLate) {
    double before = Double.NEGATIVE_INFINITY;
    for (final int i : ascending) {
      final double from =
          ofLate
              ? late.quantile(levels[i], levels[1] - levels[0])
              : size > 0 ? size * trackers[i].bound() : 0;
      final double limited = range.limit(0, number + from, OUTSIDE);
      // The interval holds the prediction.
      final double bound =
          i == 0 ? Math.min(number, limited) : i == 1 ? Math.max(number, limited) : limited;
      before = Math.max(before, bound);
      bounds[i] = before;
    }
  }

  @Override
  void learn(final double value, final Prediction then, final double now) {
    known++;
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
        bounds(number, false);
        track(value, error);
      }
      learnLate(value, error, then, now);
      final double far = errors < ENOUGH ? Double.MAX_VALUE : FAR * size;
      final double counted = Math.min(far, Math.abs(error));
      errors++;
      size += (counted - size) / Math.min(errors, MEMORY);
    }
    target[0] = value;
    range.learn(target);
    alone = first && !range.isEmpty(0);
  }

  private void learnLate(
      final double value, final double error, final Prediction then, final double now) {
    // The target itself is counted already.
    final double delay = known - 1 - then.known();
    if (late == null && delay > 0) {
      late = new LateErrors();
    }
    if (late != null) {
      late.learn(error, delay > 0 ? delay : 0, then.unit());
      if (then.quantiles().length > 1 && then.lower() <= then.upper()) {
        final boolean held = value >= then.lower() && value <= then.upper();
        late.count(held, levels[1] - levels[0]);
      }
      late.arrived(usual(value) - now);
    }
  }

  private void track(final double value, final double error) {
    for (int i = 0; i < levels.length; i++) {
      // What lies on a bound lies within the interval.
      final boolean below = levels[i] < 0.5 ? value < bounds[i] : value <= bounds[i];
      trackers[i].learn(size > 0 ? error / size : Math.signum(error), below, errors - ENOUGH);
    }
  }

  @Override
  long sizeBytes() {
    return range.sizeBytes()
        + 176
        + 96L * levels.length
        + (late == null ? 0 : LateErrors.sizeBytes());
  }

  /**
   * Layout: range of the targets, whether of one alone, targets learned, errors taken in, their
   * mean size, number of levels, trackers, whether labels came late, errors of late labels.
   */
  @Override
  void write(final ImageWriter out) {
    range.write(out);
    out.putBoolean(alone).putDouble(known);
    out.putDouble(errors).putDouble(size).putDoubles(levels, levels.length);
    for (final QuantileTracker tracker : trackers) {
      tracker.write(out);
    }
    out.putBoolean(late != null);
    if (late != null) {
      late.write(out);
    }
  }

  /** Trackers of other levels than those that were saved begin anew. */
  @Override
  void read(final ImageReader in) {
    range.read(in);
    alone = in.getBoolean();
    known = in.getDoubleIn(0, Double.MAX_VALUE, "targets learned");
    errors = in.getDoubleIn(0, Double.MAX_VALUE, "errors");
    size = in.getDoubleIn(0, Double.MAX_VALUE, "mean size of errors");
    for (final double level : in.getDoubles()) {
      final QuantileTracker saved = new QuantileTracker(level);
      saved.read(in);
      for (int i = 0; i < levels.length; i++) {
        trackers[i] = levels[i] == level ? saved : trackers[i];
      }
    }
    late = in.getBoolean() ? new LateErrors() : null;
    if (late != null) {
      late.read(in);
    }
  }
}
