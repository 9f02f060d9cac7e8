package dev.braid.jobs.operator;

/** A learner threw on a record. It may have learned half of it, and must be restored. */
final class LearnerFailure extends Exception {
  private static final long serialVersionUID = 1L;

  LearnerFailure(final RuntimeException cause) {
    super(reason(cause), cause);
  }

  private static String reason(final RuntimeException cause) {
    final String message = cause.getMessage();
    return reason(message == null ? cause.getClass().getSimpleName() : message);
  }

  /** The same of a learner elsewhere. */
  static String reason(final String message) {
    return "the learner failed on this record: " + message;
  }
}
