package dev.braid.connectors.format;

/** Ends the reading of a record that cannot be used: it becomes a dead letter with this reason. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 60;

  /**
   * @param reason one sentence for the person who has to mend the producer
   */
  public Refusal(final String reason) {
    // No stack trace: bad input may come at the full rate of the stream.
    super(reason, null, false, false);
  }

  /** A value between quotes, cut so that a reason stays one readable line. */
  public static String show(final String value) {
    final StringBuilder shown = new StringBuilder(SHOWN + 8).append('\'');
    final int length = Math.min(value.length(), SHOWN);
    for (int i = 0; i < length; i++) {
      final char c = value.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return shown.append(value.length() > SHOWN ? "...'" : "'").toString();
  }
}
