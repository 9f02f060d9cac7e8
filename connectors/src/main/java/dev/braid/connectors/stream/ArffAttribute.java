package dev.braid.connectors.stream;

import java.util.List;

/**
 * An attribute as it is declared.
 *
 * @param type {@code numeric}, {@code nominal}, {@code string}, {@code date} or {@code relational}
 * @param values of a nominal attribute, each once
 * @param line where it is declared
 */
record ArffAttribute(String name, String type, List<String> values, long line) {
  static final String NUMERIC = "numeric";
  static final String NOMINAL = "nominal";

  ArffAttribute named(final String other) {
    return new ArffAttribute(other, type, values, line);
  }
}
