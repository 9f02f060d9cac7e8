package dev.braid.router;

/**
 * An option of a preset, for reference pages and error messages.
 *
 * @param name as it appears in {@link LearnerSpec#options()}
 * @param defaultValue in the form in which it would be given
 * @param description one sentence: meaning, unit, range
 */
public record PresetOption(String name, String defaultValue, String description) {}
