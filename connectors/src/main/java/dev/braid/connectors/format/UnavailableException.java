package dev.braid.connectors.format;

/**
 * Something that records are read or written with does not answer. It says nothing of the record:
 * the job begins anew from its checkpoint, and nothing is lost.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence for the person who runs the job
   * @param cause what was tried last, or null
   */
  public UnavailableException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
