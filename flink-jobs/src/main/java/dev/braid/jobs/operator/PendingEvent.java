package dev.braid.jobs.operator;

/**
 * An event that was predicted and waits for its label.
 *
 * @param x the instance as it was predicted, shape [features known then]
 * @param predicted index of the class predicted, or -1 where no class was known; the number where
 *     that is the target, NaN where none was known
 * @param memberPredictions what the learner's experts predicted then, flat as in {@code
 *     Prediction.memberPredictions()}; empty where nothing is kept of it
 * @param probabilities what the learner gave each class then; empty where nothing is kept of it
 * @param interval of a number, as {@code Prediction.recollection()}: the ends of its interval, and
 *     how many numbers were learned before; empty where classes are predicted
 * @param expiresAt when to stop waiting, in milliseconds of the job's clock
 */
@SuppressWarnings("ArrayRecordComponent")
public record PendingEvent(
    double[] x,
    double predicted,
    double[] memberPredictions,
    float[] probabilities,
    double[] interval,
    long expiresAt) {
  private static final long MISSED = -1;

  /**
   * An event that was not predicted, since an expert failed at it.
   *
   * @param x shape [features known then]
   */
  static PendingEvent missed(final double[] x) {
    return new PendingEvent(x, -1, new double[0], new float[0], new double[0], MISSED);
  }

  /** Whether it was not predicted. */
  boolean isMissed() {
    return expiresAt == MISSED;
  }
}
