package dev.braid.router.tame;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * How far the selector may overrule the active expert. Its word counts with the logistic function
 * of its log odds less a caution, and the caution is learned online from the labels, by stochastic
 * gradient on the loss of the mixture: a selector that misleads is soon not heard any more.
 */
final class SelectorTrust {
  /** A selector not yet tried must be a hundred times surer of another expert than of this one. */
  private static final double FIRST_CAUTION = 4.6;

  private static final double MOST_CAUTION = 12;
  private static final double RATE = 1;

  /** A smaller share is none, and its expert need not be asked. */
  private static final double LEAST_SHARE = 0.01;

  private double caution = FIRST_CAUTION;

  /** The named expert's share in the prediction, 0 or {@link #LEAST_SHARE} to 1. */
  double share(final double logOdds) {
    final double share = 1 / (1 + PortableMath.exp(caution - logOdds));
    return share < LEAST_SHARE ? 0 : share;
  }

  /**
   * Takes in what a label says of a mixture.
   *
   * @param share of the named expert
   * @param slope how fast the mixture's loss rises with that share
   */
  void learn(final double share, final double slope) {
    caution = Math.max(0, Math.min(MOST_CAUTION, caution + RATE * (slope * share * (1 - share))));
  }

  void write(final ImageWriter out) {
    out.putDouble(caution);
  }

  void read(final ImageReader in) {
    caution = in.getDouble();
  }
}
