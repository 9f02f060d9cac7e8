package dev.braid.connectors.stream;

import dev.braid.connectors.stream.ArffLine.Token;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the declarations of an ARFF file up to {@code @data}. Like MOA it passes over what it does
 * not know: other keywords, ranges behind types, texts between the lines.
 */
final class ArffHeader {
  /** Types that are no numbers; every other word is a type of numbers, as for MOA. */
  private static final Set<String> TEXTS = Set.of("string", "date", "relational");

  /** Lines without a keyword, before the first one, that show that this is something else. */
  private static final int STRANGE = 100;

  private final TextLines lines;
  private final List<ArffAttribute> attributes = new ArrayList<>();
  private final ArffLine line = new ArffLine();
  private int at;
  private String nested;
  private String strange;
  private String behind = "";

  private ArffHeader(final TextLines lines) {
    this.lines = lines;
  }

  /**
   * Reads the line with {@code @data} and all before it.
   *
   * @throws StreamException if this is no ARFF
   */
  static ArffHeader read(final String place, final TextLines lines) {
    final ArffHeader header = new ArffHeader(lines);
    header.read(place);
    return header;
  }

  /** The attributes, each with another name. */
  List<ArffAttribute> attributes() {
    final List<String> names =
        ColumnChoice.unique(attributes.stream().map(ArffAttribute::name).toList());
    final List<ArffAttribute> unique = new ArrayList<>(names.size());
    for (int a = 0; a < names.size(); a++) {
      unique.add(attributes.get(a).named(names.get(a)));
    }
    return unique;
  }

  /** What stands behind {@code @data} on its line. */
  String behind() {
    return behind;
  }

  private void read(final String place) {
    int strangeLines = 0;
    boolean keywords = false;
    while (nextLine()) {
      boolean data = false;
      final boolean begins = !line.isEmpty() && isKeyword(line.tokens().get(0));
      keywords |= begins;
      if (!begins && !line.isEmpty()) {
        strange = strange == null ? lines.at() : strange;
        if (!keywords && ++strangeLines > STRANGE) {
          break;
        }
      }
      while (at < line.tokens().size() && !data) {
        data = token();
      }
      if (data) {
        if (attributes.size() < 2) {
          throw new StreamException(place + " has fewer than two attributes");
        }
        behind = line.from(at);
        return;
      }
    }
    if (strange != null) {
      throw new StreamException(
          strange + " is not ARFF: @relation, @attribute or @data is expected");
    }
    throw new StreamException(place + " is not ARFF: it has no @data");
  }

  /** Takes the next token; true if it is {@code @data}. */
  private boolean token() {
    final Token token = line.tokens().get(at++);
    if (!isKeyword(token)) {
      return false;
    }
    final String keyword = token.text().toLowerCase(Locale.ROOT);
    if (nested != null) {
      nested = keyword.startsWith("@end") ? null : nested;
      return false;
    }
    if (keyword.startsWith("@relation")) {
      at++;
    } else if (keyword.startsWith("@attribute")) {
      attributes.add(attribute());
    }
    return keyword.startsWith("@data");
  }

  private static boolean isKeyword(final Token token) {
    return token.kind() == Token.Kind.WORD && token.text().startsWith("@");
  }

  private ArffAttribute attribute() {
    final List<Token> tokens = line.tokens();
    if (at == tokens.size() || !tokens.get(at).isValue()) {
      throw new StreamException(lines.at() + ": an attribute has no name");
    }
    final long number = lines.number();
    final String name = tokens.get(at++).text();
    if (at < tokens.size() && tokens.get(at).isBrace('{')) {
      at++;
      return new ArffAttribute(name, ArffAttribute.NOMINAL, values(name), number);
    }
    String type = ArffAttribute.NUMERIC;
    if (at < tokens.size() && !isKeyword(tokens.get(at))) {
      final String word = tokens.get(at++).text().toLowerCase(Locale.ROOT);
      type = TEXTS.contains(word) ? word : type;
    }
    nested = type.equals("relational") ? name : null;
    return new ArffAttribute(name, type, List.of(), number);
  }

  /** Values up to the closing brace, which may be on a later line. */
  private List<String> values(final String name) {
    final String opened = lines.at();
    final Set<String> values = new LinkedHashSet<>();
    while (true) {
      while (at < line.tokens().size()) {
        final Token token = line.tokens().get(at++);
        if (token.isBrace('}')) {
          return List.copyOf(values);
        }
        if (token.isValue()) {
          values.add(token.text());
        }
      }
      if (!nextLine()) {
        throw new StreamException(
            opened + ": the values of attribute " + Quoted.text(name) + " have no closing brace");
      }
    }
  }

  private boolean nextLine() {
    final String text = lines.next();
    if (text == null) {
      return false;
    }
    at = 0;
    line.read(text);
    return true;
  }
}
