package dev.braid.jobs.config;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** Values of known keys, as they were given; asks a table what is known and what is allowed. */
final class Settings {
  private static final JaroWinklerSimilarity LIKENESS = new JaroWinklerSimilarity();

  private final Map<String, String> given;

  private Settings(final Map<String, String> given) {
    this.given = given;
  }

  /**
   * Values of a job's keys.
   *
   * @param given texts by key; the later of two maps wins
   * @throws ConfigException if a key is not known
   */
  static Settings of(final List<Map<String, String>> given) {
    return of(Keys.TABLE, given);
  }

  /** The same of the keys in a table. */
  static Settings of(final KeyTable known, final List<Map<String, String>> given) {
    final Map<String, String> merged = new LinkedHashMap<>();
    given.forEach(merged::putAll);
    merged.keySet().forEach(name -> requireKnown(known, name));
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

  private static void requireKnown(final KeyTable known, final String name) {
    final boolean isKnown =
        known.keys().stream().anyMatch(key -> key.name().equals(name))
            || known.prefixes().stream()
                .anyMatch(p -> name.startsWith(p.start()) && name.length() > p.start().length());
    if (!isKnown) {
      throw new ConfigException(
          "Configuration key '"
              + name
              + "' is not known: did you mean '"
              + nearest(known, name)
              + "'?");
    }
  }

  private static String nearest(final KeyTable known, final String name) {
    return Stream.concat(
            known.keys().stream().map(ConfigKey::name),
            known.prefixes().stream().map(prefix -> prefix.start() + "NAME"))
        .max(Comparator.comparingDouble(one -> likeness(name, one)))
        .orElseThrow();
  }

  /** Of the whole name, or of its last part where people left the group out; 0 to 1. */
  private static double likeness(final String wanted, final String known) {
    final String lastPart = known.substring(known.lastIndexOf('.') + 1);
    return Math.max(LIKENESS.apply(wanted, known), LIKENESS.apply(wanted, lastPart));
  }
}
