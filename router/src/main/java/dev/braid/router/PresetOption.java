package dev.braid.router;

/**
 * An option of a preset, for reference pages and error messages.
 *
 * @param name as it appears in {@link LearnerSpec#options()}
 * @param defaultValue in the form in which it would be given
 * @param description one sentence: meaning, unit, range
 * @param adjustable whether a saved learner can go on with another value
 */
public record PresetOption(
    String name, String defaultValue, String description, boolean adjustable) {

  /** An option that is fixed for a learner's life. */
  public PresetOption(final String name, final String defaultValue, final String description) {
    this(name, defaultValue, description, false);
  }

  /** The same option, but a saved learner can go on with another value. */
  public PresetOption whichMayChange() {
    return new PresetOption(name, defaultValue, description, true);
  }
}
