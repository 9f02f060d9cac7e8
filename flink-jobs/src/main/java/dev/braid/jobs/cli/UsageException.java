package dev.braid.jobs.cli;

/** Arguments that cannot be used; the command ends with exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param sentence for people: which argument, what is wrong, what is allowed
   */
  public UsageException(final String sentence) {
    super(sentence);
  }
}
