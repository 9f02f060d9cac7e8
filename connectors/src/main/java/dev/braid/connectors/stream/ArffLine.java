package dev.braid.connectors.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of ARFF, cut into tokens as MOA's reader cuts it: white space and commas separate, quotes
 * of either kind keep together, a backslash within them escapes, a brace stands for itself, and a
 * percent sign outside quotes begins a comment.
 */
final class ArffLine {
  private final List<Token> tokens = new ArrayList<>();
  private String line = "";
  private int commas;
  private boolean commented;
  private boolean unclosed;

  /**
   * A word, a quoted text or a brace.
   *
   * @param from where it begins in the line
   * @param to where it ends
   * @param cell how many commas are before it
   */
  record Token(String text, Kind kind, int from, int to, int cell) {
    enum Kind {
      WORD,
      QUOTED,
      BRACE
    }

    boolean isBrace(final char brace) {
      return kind == Kind.BRACE && text.charAt(0) == brace;
    }

    boolean isValue() {
      return kind != Kind.BRACE;
    }
  }

  /** Cuts a line. A quote that is not closed goes on to its end. */
  void read(final String text) {
    line = text;
    tokens.clear();
    commented = false;
    unclosed = false;
    commas = 0;
    int at = 0;
    while (at < line.length()) {
      final char c = line.charAt(at);
      if (c == '%') {
        commented = true;
        return;
      }
      if (c == ',' || c <= ' ') {
        commas += c == ',' ? 1 : 0;
        at++;
      } else if (c == '{' || c == '}') {
        tokens.add(new Token(String.valueOf(c), Token.Kind.BRACE, at, at + 1, commas));
        at++;
      } else if (c == '\'' || c == '"') {
        at = quoted(at);
      } else {
        final int end = wordEnd(at);
        tokens.add(new Token(line.substring(at, end), Token.Kind.WORD, at, end, commas));
        at = end;
      }
    }
  }

  List<Token> tokens() {
    return tokens;
  }

  /** The text from a token on. */
  String from(final int token) {
    return token < tokens.size() ? line.substring(tokens.get(token).from()) : "";
  }

  boolean isEmpty() {
    return tokens.isEmpty();
  }

  /** Whether a percent sign cut the line. */
  boolean isCommented() {
    return commented;
  }

  /** Whether the line ends within quotes. */
  boolean isUnclosed() {
    return unclosed;
  }

  /** Whether something follows a closing quote without a comma or a space between. */
  boolean hasTextBehindQuote() {
    for (int t = 1; t < tokens.size(); t++) {
      final Token before = tokens.get(t - 1);
      if (before.kind() == Token.Kind.QUOTED && before.cell() == tokens.get(t).cell()) {
        return true;
      }
    }
    return false;
  }

  /** The values of a row, without regard to commas. */
  List<String> values() {
    final List<String> values = new ArrayList<>(tokens.size());
    for (final Token token : tokens) {
      if (token.isValue()) {
        values.add(token.text());
      }
    }
    return values;
  }

  /**
   * What stands between commas: empty where nothing does, and with its spaces where it is several
   * words.
   */
  List<String> cells() {
    final List<String> cells = new ArrayList<>();
    int t = 0;
    while (t < tokens.size()) {
      final Token first = tokens.get(t);
      int next = t + 1;
      while (next < tokens.size() && tokens.get(next).cell() == first.cell()) {
        next++;
      }
      while (cells.size() < first.cell()) {
        cells.add("");
      }
      cells.add(
          next == t + 1 ? first.text() : line.substring(first.from(), tokens.get(next - 1).to()));
      t = next;
    }
    while (cells.size() <= commas) {
      cells.add("");
    }
    return cells;
  }

  private int wordEnd(final int from) {
    int end = from;
    while (end < line.length()) {
      final char c = line.charAt(end);
      if (c <= ' ' || c == ',' || c == '%' || c == '{' || c == '}' || c == '\'' || c == '"') {
        break;
      }
      end++;
    }
    return end;
  }

  private int quoted(final int from) {
    final char quote = line.charAt(from);
    final StringBuilder text = new StringBuilder();
    int at = from + 1;
    while (at < line.length() && line.charAt(at) != quote) {
      if (line.charAt(at) == '\\' && at + 1 < line.length()) {
        at = escape(at + 1, text);
      } else {
        text.append(line.charAt(at));
        at++;
      }
    }
    unclosed |= at >= line.length();
    tokens.add(new Token(text.toString(), Token.Kind.QUOTED, from, at + 1, commas));
    return at + 1;
  }

  /** Appends what is escaped, and returns where it ends. */
  private int escape(final int from, final StringBuilder text) {
    final char c = line.charAt(from);
    if (c >= '0' && c <= '7') {
      return octal(from, text);
    }
    text.append(
        switch (c) {
          case 'a' -> '\u0007';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'v' -> '\u000B';
          default -> c;
        });
    return from + 1;
  }

  private int octal(final int from, final StringBuilder text) {
    final int most = line.charAt(from) <= '3' ? 3 : 2;
    int code = 0;
    int at = from;
    while (at < line.length()
        && at < from + most
        && line.charAt(at) >= '0'
        && line.charAt(at) <= '7') {
      code = 8 * code + line.charAt(at) - '0';
      at++;
    }
    text.append((char) code);
    return at;
  }
}
