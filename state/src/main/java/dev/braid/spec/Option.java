package dev.braid.spec;

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

  /** The same option, but something saved can go on with another value. */
  public Option whichMayChange() {
    return new Option(name, defaultValue, description, true);
  }
}
