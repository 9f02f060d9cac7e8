package dev.braid.data;

import java.util.List;
import java.util.Objects;

/**
 * A named input of the learner: a number, or one of a set of values that may grow at run time.
 *
 * @param name unique within the schema
 * @param kind numeric or nominal
 * @param values the values known of a nominal feature, in the order in which they were met; empty
 *     for a numeric feature
 */
public record Feature(String name, Kind kind, List<String> values) {

  /** How a feature's values are to be understood. */
  public enum Kind {
    /** A finite real number; NaN stands for a missing value. */
    NUMERIC,
    /** The index of one of the feature's values; NaN stands for a missing value. */
    NOMINAL
  }

  public Feature {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    // What a schema grows is immutable already, and copying it for every new value would cost n
    // squared.
    values = values instanceof GrowingNames ? values : List.copyOf(values);
    if (kind == Kind.NUMERIC && !values.isEmpty()) {
      throw new IllegalArgumentException("numeric feature '" + name + "' cannot list values");
    }
  }

  /** A numeric feature. */
  public static Feature numeric(final String name) {
    return new Feature(name, Kind.NUMERIC, List.of());
  }

  /** A nominal feature with the values known so far, possibly none. */
  public static Feature nominal(final String name, final String... values) {
    return new Feature(name, Kind.NOMINAL, List.of(values));
  }

  /** Whether this is a nominal feature. */
  public boolean isNominal() {
    return kind == Kind.NOMINAL;
  }
}
