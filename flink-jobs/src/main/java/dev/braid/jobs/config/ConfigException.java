package dev.braid.jobs.config;

/**
 * A configuration that cannot be used. The message is one sentence for the person who wrote it: it
 * names the key, what is wrong and what is allowed.
 */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param sentence for people, complete in itself
   */
  public ConfigException(final String sentence) {
    super(sentence);
  }
}
