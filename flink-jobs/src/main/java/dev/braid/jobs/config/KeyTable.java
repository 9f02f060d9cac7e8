package dev.braid.jobs.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Keys in the order of the reference page. One is declared once: {@link Settings} reads and checks
 * what is given by it, and pages and options of the command line are made from it.
 */
final class KeyTable {
  private final List<ConfigKey<?>> keys = new ArrayList<>();
  private final List<ConfigPrefix> prefixes = new ArrayList<>();

  <T> ConfigKey<T> key(
      final String name,
      final ValueType<T> type,
      final String fallback,
      final String option,
      final String description) {
    final ConfigKey<T> key = new ConfigKey<>(name, type, fallback, option, description);
    keys.add(key);
    return key;
  }

  ConfigPrefix prefix(final String start, final String description) {
    final ConfigPrefix prefix = new ConfigPrefix(start, description);
    prefixes.add(prefix);
    return prefix;
  }

  List<ConfigKey<?>> keys() {
    return List.copyOf(keys);
  }

  List<ConfigPrefix> prefixes() {
    return List.copyOf(prefixes);
  }
}
