package dev.braid.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing chosen by text: {@code name}, {@code name(arguments)}, either with {@code *count}
 * behind it. Arguments are separated by commas; each is {@code option=value}, or a value alone,
 * which belongs to the option at its place. Values may hold parentheses that match.
 *
 * @param name of an {@link Entry}
 * @param arguments between the parentheses, as written; empty without them
 * @param count how many are asked for, 1 or more
 */
public record Term(String name, String arguments, int count) {
  private static final int MOST = 1_000_000;

  public Term {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is no name: a name has lower case letters, digits and hyphens, a letter first");
    }
    if (count < 1) {
      throw new IllegalArgumentException("'" + name + "' is asked for " + count + " times");
    }
  }

  /**
   * Reads one term.
   *
   * @throws IllegalArgumentException with one sentence that quotes the text
   */
  public static Term parse(final String text) {
    final String term = text.strip();
    final int star = lastStar(term);
    final String thing = star < 0 ? term : term.substring(0, star).strip();
    final int count = star < 0 ? 1 : count(term.substring(star + 1).strip(), text);
    final int open = thing.indexOf('(');
    if (open < 0) {
      return new Term(thing, "", count);
    }
    if (!thing.endsWith(")")) {
      throw new IllegalArgumentException("'" + text + "' lacks a closing parenthesis at its end");
    }
    return new Term(
        thing.substring(0, open).strip(),
        thing.substring(open + 1, thing.length() - 1).strip(),
        count);
  }

  /**
   * Reads terms with a separator between them, for instance {@code +} or {@code /}.
   *
   * @throws IllegalArgumentException with one sentence, if there is none or one cannot be read
   */
  public static List<Term> parseAll(final String text, final char separator) {
    final List<Term> terms = new ArrayList<>();
    for (final String part : split(text, separator)) {
      terms.add(parse(part));
    }
    return List.copyOf(terms);
  }

  /**
   * Cuts a text at a separator outside of all parentheses.
   *
   * @return one part or more, in order, some perhaps empty
   * @throws IllegalArgumentException if the parentheses do not match
   */
  public static List<String> split(final String text, final char separator) {
    final List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      final char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')' && --depth < 0) {
        throw new IllegalArgumentException("'" + text + "' closes a parenthesis that is not open");
      } else if (c == separator && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    if (depth > 0) {
      throw new IllegalArgumentException("'" + text + "' lacks a closing parenthesis");
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** Without the count. */
  public Term one() {
    return new Term(name, arguments, 1);
  }

  /** As it would be written; reading it gives an equal term. */
  @Override
  public String toString() {
    return name
        + (arguments.isEmpty() ? "" : "(" + arguments + ")")
        + (count == 1 ? "" : "*" + count);
  }

  /** Where the count begins; a star inside of parentheses belongs to an argument. */
  private static int lastStar(final String term) {
    final int star = term.lastIndexOf('*');
    return star > term.lastIndexOf(')') ? star : -1;
  }

  private static int count(final String digits, final String text) {
    try {
      final int count = Integer.parseInt(digits);
      if (count >= 1 && count <= MOST) {
        return count;
      }
    } catch (final NumberFormatException notAnInteger) {
      // Told below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "'" + text + "' must have a whole number from 1 to " + MOST + " behind '*'");
  }

  static boolean isName(final String name) {
    if (name.isEmpty() || !isLetter(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      final char c = name.charAt(i);
      if (!isLetter(c) && !isDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(final char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(final char c) {
    return c >= '0' && c <= '9';
  }
}
