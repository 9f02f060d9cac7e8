package dev.braid.spec;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * An option of a registered kind, for reference pages and error messages.
 *
 * @param name as users write it
 * @param defaultValue in the form in which it would be given
 * @param description one sentence: meaning, unit, range
 * @param adjustable whether something saved can go on with another value
 */
public record Option(String name, String defaultValue, String description, boolean adjustable) {

  public Option {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(defaultValue, "defaultValue");
    Objects.requireNonNull(description, "description");
  }

  /** An option that is fixed for the life of what is opened with it. */
  public Option(final String name, final String defaultValue, final String description) {
    this(name, defaultValue, description, false);
  }

  /** Whether something saved may go on where this option's text was one and is the other. */
  public boolean mayChange(final String saved, final String now) {
    return adjustable || same(saved, now);
  }

  /** Whether two texts mean the same, whatever the option is: numbers may be written many ways. */
  private static boolean same(final String a, final String b) {
    if (a.replaceAll("\\s", "").equals(b.replaceAll("\\s", ""))) {
      return true;
    }
    try {
      return new BigDecimal(a.strip()).compareTo(new BigDecimal(b.strip())) == 0;
    } catch (final NumberFormatException notBothNumbers) {
      return false;
    }
  }

  /** The same option, but something saved can go on with another value. */
  public Option whichMayChange() {
    return new Option(name, defaultValue, description, true);
  }
}
