package dev.braid.router;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * Quantiles of the errors of predictions whose labels come late.
 *
 * <p>What the newest errors were like was known too late to be of use, so that nothing is followed
 * fast here: the quantiles are those of a sample of the last errors over a span of some delays
 * (conformal prediction over a window, extended to predictions some steps ahead: Wang and Hyndman,
 * "Online conformal inference for multi-step time series forecasting", 2024), at a level that moves
 * against the number of intervals that held beyond those asked for (Gibbs and Candes, "Adaptive
 * conformal inference under distribution shift", NeurIPS 2021). A loop that steers by what lies a
 * delay back would swing if it did not know what it has set off already: the intervals that wait
 * for their labels were given at moved levels too, and what they are expected to hold beyond those
 * asked for counts as if it were seen (Smith, "Closer control of loops with dead time", Chemical
 * Engineering Progress 1957). What the intervals whose labels are known held beyond what was
 * expected of them, those that wait are expected to hold too: where errors grow all the time they
 * would hold too little else (Garcia and Morari, "Internal model control", Industrial and
 * Engineering Chemistry Process Design and Development 1982).
 *
 * <p>One thing is known at once: how far from its label an event lies by what is said of it now
 * that the label arrives. Where nothing but the learner changes, that is as far as predictions of
 * now are off, a whole delay before their labels tell; so there is a second sample, of errors in
 * units of what that was when they were predicted (normalised scores: Papadopoulos, Gammerman and
 * Vovk, "Normalized nonconformity measures for regression conformal prediction", 2008). Where the
 * stream moves all the time it tells little. The quantile lies between those of the two samples, by
 * which unit the errors of lately were likelier in, taken to be of a Laplace distribution.
 *
 * <p>Errors of predictions made at about the same time have the same reasons: of a span of four
 * delays there are hardly more than four that know nothing of each other. Of so few the quantiles
 * are too narrow, and are widened by a share that falls with their number.
 *
 * <p>The errors are those of the predictions as they were given, and an interval held if the one
 * that was given did.
 */
final class LateErrors {
  /** Step of the level, by an interval that did or did not hold, times the delay. */
  private static final double STEP = 4;

  /** Delay below which the step grows no more. */
  private static final double SHORT = 50;

  /** Errors that the mean delay is about. */
  private static final double MEMORY = 200;

  /** Share of what intervals held beyond what was expected that those that wait will, too. */
  private static final double FORESEEN = 0.4;

  /** The share outside is kept between these multiples of the one asked for. */
  private static final double LEAST_OUTSIDE = 0.1;

  private static final double MOST_OUTSIDE = 3;

  /** Errors on arrival that their mean size is about, and the fewest of which it is. */
  private static final double FRESH = 100;

  private static final double FEWEST = 5;

  /** Scores from which on they are asked. */
  private static final int ENOUGH = 10;

  /** Delays that the likelihood of the two units is about. */
  private static final double TRIED = 2;

  /** Nats by which the scores are to be the likelier; and those that count as clearly so. */
  private static final double AHEAD = 0.3;

  private static final double CLEARLY = 0.3;

  private double delay;
  private double seen;

  /** Intervals that held, beyond those asked for. */
  private double excess;

  /** The same as an interval that waits is expected to add to it, on the mean. */
  private double planned;

  /** What {@link #planned} was of the intervals whose labels come now. */
  private double plannedThen;

  /** Intervals of lately that held, beyond those asked for, on the mean. */
  private double found;

  private final ErrorSample errors = new ErrorSample();

  /** Errors in units of {@link #unit} as it was when they were predicted. */
  private final ErrorSample scores = new ErrorSample();

  /** Of errors of what is said when a label arrives. */
  private final FadingMean fresh = new FadingMean();

  /** Of errors, and of scores; and the mean logarithm of the units of these. */
  private final FadingMean size = new FadingMean();

  private final FadingMean score = new FadingMean();
  private double logUnit;

  /** Whether labels are late. */
  boolean areLate() {
    return delay > 0.5;
  }

  /**
   * How far what is said now is off, by the labels that arrived lately; 0 while that is unknown.
   */
  double unit() {
    return fresh.seen() < FEWEST ? 0 : fresh.value();
  }

  /**
   * Takes an error in.
   *
   * @param error finite
   * @param late labels that came between the event and its own
   * @param then {@link #unit} when it was predicted; NaN where that is not known
   */
  void learn(final double error, final double late, final double then) {
    seen = Math.min(MEMORY, seen + 1);
    delay += (late - delay) / seen;
    errors.learn(error, delay);
    final double scored = error / then;
    if (then > 0 && Double.isFinite(scored)) {
      scores.learn(scored, delay);
      final double memory = TRIED * steps();
      size.learn(Math.abs(error), memory);
      score.learn(Math.abs(scored), memory);
      logUnit += (PortableMath.log(then) - logUnit) / size.seen();
    }
  }

  /**
   * Takes in how wrong it would be what is said of an event now that its label arrives.
   *
   * @param error of it; NaN where that is not known
   */
  void arrived(final double error) {
    if (Double.isFinite(error)) {
      fresh.learn(Math.abs(error), FRESH);
    }
  }

  /**
   * Takes in whether an interval held.
   *
   * @param level share that is to hold
   */
  void count(final boolean held, final double level) {
    final double most = steps() / 2;
    excess = Math.max(-most, Math.min(most, excess + (held ? 1 : 0) - level));
    plannedThen += (planned - plannedThen) / steps();
    found += ((held ? 1 : 0) - level - found) / steps();
    planned += ((1 - level) * (1 - outside(level)) - planned) / steps();
  }

  /** Intervals that wait, at the least so many that the level does not jump. */
  private double steps() {
    return Math.max(SHORT, delay);
  }

  /** The share that is to lie outside now, in multiples of the one asked for. */
  private double outside(final double interval) {
    final double unforeseen = FORESEEN * (found - plannedThen);
    final double expected = excess + steps() * (planned + unforeseen);
    final double moved = 1 + STEP / steps() * expected / (1 - interval);
    return Math.max(LEAST_OUTSIDE, Math.min(MOST_OUTSIDE, moved));
  }

  /** What the quantile of the scores weighs; the rest that of the errors. */
  private double trust() {
    if (scores.count() < ENOUGH || !(size.value() > 0) || !(score.value() > 0) || !(unit() > 0)) {
      return 0;
    }
    final double gained =
        PortableMath.log(size.value()) - PortableMath.log(score.value()) - logUnit;
    return 1 / (1 + PortableMath.exp((AHEAD - gained) / CLEARLY));
  }

  /**
   * The errors' quantile, moved against the intervals that held beyond those asked for.
   *
   * @param level of the quantile, between 0 and 1
   * @param interval share of intervals that is to hold
   */
  double quantile(final double level, final double interval) {
    final double tail = Math.min(0.5, Math.min(level, 1 - level) * outside(interval));
    final double moved = level < 0.5 ? tail : 1 - tail;
    final double trust = trust();
    final double ofErrors = (1 - trust) * errors.quantile(moved, steps());
    return trust > 0 ? ofErrors + trust * unit() * scores.quantile(moved, steps()) : ofErrors;
  }

  static long sizeBytes() {
    return 200 + 2 * ErrorSample.sizeBytes();
  }

  /**
   * Layout: mean delay, errors it is about, excess, planned now and then, found, errors, scores,
   * means of errors on arrival, of errors and of scores, mean logarithm of the units.
   */
  void write(final ImageWriter out) {
    out.putDouble(delay).putDouble(seen).putDouble(excess).putDouble(planned);
    out.putDouble(plannedThen).putDouble(found);
    errors.write(out);
    scores.write(out);
    fresh.write(out);
    size.write(out);
    score.write(out);
    out.putDouble(logUnit);
  }

  void read(final ImageReader in) {
    delay = in.getDoubleIn(0, Double.MAX_VALUE, "delay of labels");
    seen = in.getDoubleIn(0, MEMORY, "delays of labels");
    excess = in.getDoubleIn(-Double.MAX_VALUE, Double.MAX_VALUE, "excess of intervals that held");
    planned = in.getDoubleIn(-MOST_OUTSIDE, 1, "excess of intervals that wait");
    plannedThen = in.getDoubleIn(-MOST_OUTSIDE, 1, "excess of intervals that waited");
    found = in.getDoubleIn(-1, 1, "mean excess of intervals that held");
    errors.read(in);
    scores.read(in);
    fresh.read(in, "errors on arrival");
    size.read(in, "errors whose unit is known");
    score.read(in, "errors in units");
    logUnit = in.getFinite("logarithm of a unit");
  }
}
