package dev.braid.jobs.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Values of known keys, as they were given; asks {@link Keys} what is known and what is allowed.
 */
final class Settings {
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
        .min((a, b) -> Integer.compare(distance(name, a), distance(name, b)))
        .orElseThrow();
  }

  /** Levenshtein's edit distance, of the whole name or of its last part where that is nearer. */
  private static int distance(final String wanted, final String known) {
    final String lastPart = known.substring(known.lastIndexOf('.') + 1);
    return Math.min(edits(wanted, known), 1 + edits(wanted, lastPart));
  }

  private static int edits(final String a, final String b) {
    final Map<Long, Integer> cost = new HashMap<>();
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        final int best;
        if (i == 0 || j == 0) {
          best = i + j;
        } else {
          final int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
          best =
              Math.min(
                  cost.get(at(i - 1, j - 1)) + change,
                  1 + Math.min(cost.get(at(i - 1, j)), cost.get(at(i, j - 1))));
        }
        cost.put(at(i, j), best);
      }
    }
    return cost.get(at(a.length(), b.length()));
  }

  private static long at(final int i, final int j) {
    return ((long) i << 32) | j;
  }
}
