package dev.braid.connectors.stream;

import java.util.List;
import java.util.stream.Collectors;

/** Texts from files as they stand in a sentence: on one line, and not too long. */
final class Quoted {
  private static final int LONGEST = 60;
  private static final int MOST = 12;

  private Quoted() {}

  /** A text in quotes. */
  static String text(final String text) {
    return "'" + plain(text) + "'";
  }

  /** Texts without quotes, in one list; only the first where there are many. */
  static String list(final List<String> texts) {
    final String first =
        texts.stream().limit(MOST).map(Quoted::plain).collect(Collectors.joining(", "));
    return texts.size() > MOST ? first + ", ..." : first;
  }

  private static String plain(final String text) {
    final StringBuilder plain = new StringBuilder();
    for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
      final char c = text.charAt(i);
      plain.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c);
    }
    return plain + (text.length() > LONGEST ? "..." : "");
  }
}
