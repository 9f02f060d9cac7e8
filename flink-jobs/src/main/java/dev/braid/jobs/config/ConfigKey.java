package dev.braid.jobs.config;

/**
 * One thing that can be configured.
 *
 * @param name as it is written in the file, groups separated by dots
 * @param type what its value may be
 * @param fallback the value where none is given, in the same writing as a user's
 * @param option a short form on the command line, {@code --preset}, or null where there is none
 * @param description for the reference page, one or two sentences
 */
record ConfigKey<T>(
    String name, ValueType<T> type, String fallback, String option, String description) {

  /** The value that a text stands for; the message names the key, the text and what is allowed. */
  T parse(final String text) {
    try {
      return type.parser().apply(text);
    } catch (final IllegalArgumentException bad) {
      throw new ConfigException(
          "Configuration key '"
              + name
              + "' cannot be '"
              + text
              + "': it takes "
              + type.allowed()
              + ".");
    }
  }

  KeyDescription describe() {
    return new KeyDescription(name, option, type.allowed(), fallback, description);
  }
}
