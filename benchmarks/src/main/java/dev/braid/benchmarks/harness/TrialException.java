package dev.braid.benchmarks.harness;

import java.util.Locale;

/** A learner threw in the middle of its run. The message says who, where and what. */
final class TrialException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param events done when it threw, at the least
   */
  TrialException(final Cell cell, final long events, final RuntimeException cause) {
    super(
        String.format(
            Locale.ROOT,
            "%s on %s, seed %d, failed behind %,d events: %s",
            cell.learner(),
            cell.stream(),
            cell.seed(),
            events,
            cause),
        cause);
  }
}
