package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * Follows one quantile of a sequence of errors such that the share of them below what it gives out
 * is what was asked for over every span of some thousand, whatever the sequence does: adaptive
 * conformal inference (Gibbs and Candes, "Adaptive conformal inference under distribution shift",
 * NeurIPS 2021) in the form of a quantile tracker with an integrator that saturates (Angelopoulos,
 * Candes and Tibshirani, "Conformal PID control for time series prediction", NeurIPS 2023, sections
 * 2.1 and 2.2).
 *
 * <p>The integrator holds the number of errors below so far beyond what the level asks for, and
 * pushes what is given out without limit as that number nears {@link #MOST}. So it stays within it,
 * and of n events in a row the share below differs by at most {@code 2 * MOST / n} from the level.
 * Other than in the paper it does not fade with time: spans late in a stream are as good as early
 * ones.
 */
final class QuantileTracker {
  /** Errors below, beyond those asked for, at which the push has no limit. */
  private static final double MOST = 12;

  /** Push at half of {@link #MOST}, in units of the errors' mean size. */
  private static final double PUSH = 0.15;

  /** Step of the tracker in the long run, in the same units. */
  private static final double STEP = 0.02;

  /** Beyond this an error tells no more. */
  private static final double FAR = 20;

  private final double level;
  private double quantile;
  private double excess;

  /**
   * @param level share of errors that are to be below, between 0 and 1
   */
  QuantileTracker(final double level) {
    this.level = level;
    quantile = normal(level);
  }

  /** Of a normal variable of mean size 1: Abramowitz and Stegun, formula 26.2.22, error 0.003. */
  private static double normal(final double level) {
    final double t = Math.sqrt(-2 * StrictMath.log(Math.min(level, 1 - level)));
    final double z = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
    return Math.sqrt(Math.PI / 2) * (level < 0.5 ? -z : z);
  }

  /** What is given out, in units of the errors' mean size; perhaps infinite. */
  double bound() {
    if (excess >= MOST) {
      return Double.NEGATIVE_INFINITY;
    }
    if (excess <= -MOST) {
      return Double.POSITIVE_INFINITY;
    }
    return quantile - PUSH * StrictMath.tan(Math.PI / 2 * excess / MOST);
  }

  /**
   * Takes an error in.
   *
   * @param error in units of the errors' mean size
   * @param below whether it was below what was given out
   * @param count of errors taken in before
   */
  void learn(final double error, final boolean below, final double count) {
    excess += (below ? 1 : 0) - level;
    excess = Math.max(-MOST - 1, Math.min(MOST + 1, excess));
    final double step = STEP + 1 / (10 + count);
    final double moved = quantile + step * (level - (error < quantile ? 1 : 0));
    quantile = Math.max(-FAR, Math.min(FAR, moved));
  }

  void write(final ImageWriter out) {
    out.putDouble(level).putDouble(quantile).putDouble(excess);
  }

  void read(final ImageReader in) {
    if (in.getDouble() != level) {
      throw new MalformedImageException("a quantile of another level");
    }
    quantile = in.getDoubleIn(-FAR, FAR, "quantile of errors");
    excess = in.getDoubleIn(-MOST - 1, MOST + 1, "excess of errors");
  }
}
