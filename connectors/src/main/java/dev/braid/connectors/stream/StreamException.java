package dev.braid.connectors.stream;

/** A stream cannot be understood, opened or read; the message is one sentence for the user. */
public final class StreamException extends RuntimeException {

  /**
   * @param message what is wrong, where, and what to do
   */
  public StreamException(final String message) {
    super(message);
  }

  /**
   * @param message what is wrong, where, and what to do
   */
  public StreamException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
