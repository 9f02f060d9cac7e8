package dev.braid.connectors.stream;

/**
 * Ways to write numbers. Only digits make a number, with a sign, decimals and an exponent: what
 * Java would read beyond that ({@code 1D}, {@code 0x1p3}, {@code NaN}) is a text.
 */
enum NumberFormat {
  /** {@code 1234.5}. */
  POINT('.', ""),
  /** {@code 1,234.5}, also with spaces or apostrophes, and all that {@link #POINT} has. */
  POINT_AND_GROUPS('.', ", '\u00A0\u2009\u202F\u2019"),
  /** {@code 1.234,5}, also with spaces or apostrophes. */
  COMMA(',', ". '\u00A0\u2009\u202F\u2019"),
  /** Whatever {@link Double#parseDouble} takes, as MOA does in ARFF. */
  JAVA('.', "");

  /** Digits between two separators of groups. */
  private static final int GROUP = 3;

  private final char decimal;
  private final String groups;

  NumberFormat(final char decimal, final String groups) {
    this.decimal = decimal;
    this.groups = groups;
  }

  /** The number in a cell, infinite where it is too large; NaN if there is none. */
  double parse(final String cell) {
    if (this != JAVA) {
      final String plain = plain(cell);
      return plain == null ? Double.NaN : Double.parseDouble(plain);
    }
    try {
      return Double.parseDouble(cell);
    } catch (final NumberFormatException notANumber) {
      return Double.NaN;
    }
  }

  boolean fits(final String cell) {
    return !Double.isNaN(parse(cell));
  }

  /** The number as Java writes it, or null. */
  private String plain(final String cell) {
    final int length = cell.length();
    int at = sign(cell, 0);
    final int whole = at;
    at = digits(cell, at);
    final int end = grouped(cell, whole, at);
    int digits = at - whole;
    at = end;
    if (at < length && cell.charAt(at) == decimal) {
      final int fraction = digits(cell, at + 1);
      digits += fraction - at - 1;
      at = fraction;
    }
    if (digits == 0) {
      return null;
    }
    if (at < length && (cell.charAt(at) == 'e' || cell.charAt(at) == 'E')) {
      final int exponent = sign(cell, at + 1);
      at = digits(cell, exponent);
      if (at == exponent) {
        return null;
      }
    }
    if (at != length) {
      return null;
    }
    return groups.isEmpty() ? cell : normal(cell);
  }

  private String normal(final String cell) {
    final StringBuilder plain = new StringBuilder(cell.length());
    for (int i = 0; i < cell.length(); i++) {
      final char c = cell.charAt(i);
      if (c == decimal) {
        plain.append('.');
      } else if (groups.indexOf(c) < 0) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** Where the whole part ends, with all groups that follow the first digits. */
  private int grouped(final String cell, final int from, final int first) {
    final int length = cell.length();
    if (first == length
        || first == from
        || first - from > GROUP
        || cell.charAt(from) == '0'
        || groups.indexOf(cell.charAt(first)) < 0) {
      return first;
    }
    final char separator = cell.charAt(first);
    int at = first;
    while (at < length && cell.charAt(at) == separator && digits(cell, at + 1) == at + 1 + GROUP) {
      at += 1 + GROUP;
    }
    return at;
  }

  private static int sign(final String cell, final int at) {
    return at < cell.length() && (cell.charAt(at) == '-' || cell.charAt(at) == '+') ? at + 1 : at;
  }

  private static int digits(final String cell, final int from) {
    int at = from;
    while (at < cell.length() && cell.charAt(at) >= '0' && cell.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
