package dev.braid.router;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what a learner was opened with and what it shall go on with. */
final class SpecConflicts {
  private SpecConflicts() {}

  static List<String> between(final LearnerSpec saved, final LearnerSpec wanted) {
    if (!saved.preset().equals(wanted.preset())) {
      return List.of("preset was '" + saved.preset() + "' and is now '" + wanted.preset() + "'");
    }
    final List<String> conflicts = new ArrayList<>();
    if (saved.seed() != wanted.seed()) {
      conflicts.add("seed was " + saved.seed() + " and is now " + wanted.seed());
    }
    final Set<String> adjustable =
        Presets.options(saved.preset()).stream()
            .filter(PresetOption::adjustable)
            .map(PresetOption::name)
            .collect(Collectors.toSet());
    final Map<String, String> before = Presets.writtenOut(saved).options();
    final Map<String, String> now = Presets.writtenOut(wanted).options();
    final Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (final String name : names) {
      if (!adjustable.contains(name) && !same(before.get(name), now.get(name))) {
        conflicts.add(
            "option '" + name + "' was " + shown(before, name) + " and is now " + shown(now, name));
      }
    }
    return List.copyOf(conflicts);
  }

  private static String shown(final Map<String, String> options, final String name) {
    return options.containsKey(name) ? "'" + options.get(name) + "'" : "unknown";
  }

  /** Whether two texts of one option mean the same. */
  private static boolean same(final String a, final String b) {
    if (a == null || b == null) {
      return false;
    }
    if (a.strip().equals(b.strip())) {
      return true;
    }
    try {
      return new BigDecimal(a.strip()).compareTo(new BigDecimal(b.strip())) == 0;
    } catch (final NumberFormatException notBothNumbers) {
      return false;
    }
  }
}
