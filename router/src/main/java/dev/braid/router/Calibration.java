package dev.braid.router;

import dev.braid.data.Target;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * What learners do alike, whatever their preset, to a target before it is learned and to a
 * prediction before it is given out.
 */
abstract class Calibration {
  private static final double[] NO_LEVELS = {};

  /**
   * Of a learner that has learned nothing.
   *
   * @param options of its preset
   * @throws IllegalArgumentException with one sentence, if an option is for the other sort of
   *     target
   */
  static Calibration of(final Target target, final Options options) {
    if (target instanceof Target.Quantity) {
      Objective.requireNone(options);
      return new NumberCalibration(Intervals.levels(options));
    }
    Intervals.requireNone(options);
    return new ClassDecision(target, Objective.of(options));
  }

  /** Levels of the quantiles that are given out. */
  double[] levels() {
    return NO_LEVELS;
  }

  /** Whether it wants to know what was said of an event that is only learned. */
  boolean wantsPredictions() {
    return false;
  }

  /** Whether the experts are to learn a target, with what is known before it. */
  boolean trusts(final double target) {
    return true;
  }

  /** The target as it is to be learned. */
  double usual(final double target) {
    return target;
  }

  /** The target has more classes. */
  void grow(final Target target) {}

  /** Completes a prediction; changes nothing that a later call could see. */
  void finish(final Prediction out) {}

  /**
   * Learns how good predictions are; to be called after the event was learned.
   *
   * @param then what was said of it
   * @param now the number that was said of it before it was learned; NaN where nobody said any
   */
  void learn(final double target, final Prediction then, final double now) {}

  long sizeBytes() {
    return 0;
  }

  void write(final ImageWriter out) {}

  void read(final ImageReader in) {}
}
