package dev.braid.jobs.config;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/**
 * Values of known keys, as they were given; asks {@link Keys} what is known and what is allowed.
 */
final class Settings {
  private static final JaroWinklerSimilarity LIKENESS = new JaroWinklerSimilarity();

  private final Map<String, String> given;

  private Settings(final Map<String, String> given) {
    this.given = given;
  }

  /**
   * @param given texts by key; the later of two maps wins
   * @throws ConfigException if a key is not known
   */
  static Settings of(final List<Map<String, String>> given) {
    final Map<String, String> merged = new LinkedHashMap<>();
    given.forEach(merged::putAll);
    merged.keySet().forEach(Settings::requireKnown);
    return new Settings(merged);
  }

  <T> T get(final ConfigKey<T> key) {
    return key.parse(given.getOrDefault(key.name(), key.fallback()));
  }

  /** Whether a key has the value that it has where none is given. */
  boolean isByDefault(final ConfigKey<?> key) {
    return given.getOrDefault(key.name(), key.fallback()).strip().equals(key.fallback());
  }

  Map<String, String> under(final ConfigPrefix prefix) {
    final Map<String, String> found = new TreeMap<>();
    given.forEach(
        (name, value) -> {
          if (name.startsWith(prefix.start())) {
            found.put(name.substring(prefix.start().length()), value);
          }
        });
    return found;
  }

  private static void requireKnown(final String name) {
    final boolean known =
        Keys.all().stream().anyMatch(key -> key.name().equals(name))
            || Keys.prefixes().stream()
                .anyMatch(p -> name.startsWith(p.start()) && name.length() > p.start().length());
    if (!known) {
      throw new ConfigException(
          "Configuration key '" + name + "' is not known: did you mean '" + nearest(name) + "'?");
    }
  }

  private static String nearest(final String name) {
    return Stream.concat(
            Keys.all().stream().map(ConfigKey::name),
            Keys.prefixes().stream().map(prefix -> prefix.start() + "NAME"))
        .max(Comparator.comparingDouble(known -> likeness(name, known)))
        .orElseThrow();
  }

  /** Of the whole name, or of its last part where people left the group out; 0 to 1. */
  private static double likeness(final String wanted, final String known) {
    final String lastPart = known.substring(known.lastIndexOf('.') + 1);
    return Math.max(LIKENESS.apply(wanted, known), LIKENESS.apply(wanted, lastPart));
  }
}
