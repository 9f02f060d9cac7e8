package dev.braid.state.image;

/** An image is damaged, of another kind than expected, or of a version this build cannot read. */
public final class MalformedImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was wrong and where, in one sentence
   */
  public MalformedImageException(final String message) {
    super(message);
  }
}
