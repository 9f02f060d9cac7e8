package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import java.util.List;

/**
 * A column of a table, and what it is used for.
 *
 * @param name unique in the table
 * @param numbers how its numbers are written, or null for a column of names; classes may be numbers
 * @param values names known so far, in order; empty for a column of numbers
 * @param strict whether a text among the numbers is an error; where the user has said that the
 *     column is numeric it counts as missing
 */
record FileColumn(String name, Use use, NumberFormat numbers, List<String> values, boolean strict) {

  enum Use {
    FEATURE,
    LABEL,
    /** The label, where it is a number to be predicted. */
    NUMBER,
    DROPPED
  }

  FileColumn {
    values = List.copyOf(values);
  }

  static FileColumn numeric(final String name, final NumberFormat numbers) {
    return new FileColumn(name, Use.FEATURE, numbers, List.of(), true);
  }

  static FileColumn nominal(final String name, final List<String> values) {
    return new FileColumn(name, Use.FEATURE, null, values, true);
  }

  boolean isNumeric() {
    return numbers != null;
  }

  boolean isFeature() {
    return use == Use.FEATURE;
  }

  FileColumn as(final Use other) {
    return new FileColumn(name, other, numbers, values, strict);
  }

  /** The same where texts among the numbers count as missing. */
  FileColumn lenient() {
    return new FileColumn(name, use, numbers, values, false);
  }

  Feature feature() {
    return isNumeric() ? Feature.numeric(name) : new Feature(name, Feature.Kind.NOMINAL, values);
  }
}
