package dev.braid.connectors.stream;

import java.util.List;

/**
 * Splits lines of ARFF, which quotes with ' or ", escapes with \ inside quotes, and lets white
 * space stand around cells.
 */
final class Cells {
  private final String line;
  private int at;

  private Cells(final String line, final int from) {
    this.line = line;
    this.at = from;
  }

  /** Puts the cells of a line from a position on into the list, separated by commas. */
  static void split(final String line, final int from, final List<String> cells) {
    cells.clear();
    final Cells rest = new Cells(line, from);
    rest.skipSpace();
    if (rest.at == line.length()) {
      return;
    }
    while (true) {
      cells.add(rest.next(','));
      if (rest.at == line.length()) {
        return;
      }
      rest.at++;
    }
  }

  /** The first word of a line from a position on, and in {@code rest[0]} where it ends. */
  static String word(final String line, final int from, final int[] rest) {
    final Cells cells = new Cells(line, from);
    cells.skipSpace();
    final String word = cells.next(' ');
    rest[0] = cells.at;
    return word;
  }

  /** The next cell; stops at the separator, which for a word is any white space. */
  private String next(final char separator) {
    skipSpace();
    if (at < line.length() && (line.charAt(at) == '\'' || line.charAt(at) == '"')) {
      final String quoted = quoted(line.charAt(at));
      skipSpace();
      if (separator == ',' && at < line.length() && line.charAt(at) != ',') {
        throw new StreamException("text follows a closing quote");
      }
      return quoted;
    }
    final int start = at;
    while (at < line.length() && !ends(line.charAt(at), separator)) {
      at++;
    }
    return line.substring(start, at).trim();
  }

  private static boolean ends(final char c, final char separator) {
    return separator == ',' ? c == ',' : c <= ' ';
  }

  private String quoted(final char quote) {
    final StringBuilder text = new StringBuilder();
    for (at++; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == quote) {
        at++;
        return text.toString();
      }
      if (c == '\\' && at + 1 < line.length()) {
        at++;
        c = line.charAt(at);
      }
      text.append(c);
    }
    throw new StreamException("a quote is not closed");
  }

  private void skipSpace() {
    while (at < line.length() && line.charAt(at) <= ' ') {
      at++;
    }
  }
}
