package dev.braid.router;

import dev.braid.data.Target;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares what a learner was opened with and what it shall go on with. */
final class SpecConflicts {
  private SpecConflicts() {}

  static List<String> between(
      final LearnerSpec saved, final LearnerSpec wanted, final Target target) {
    if (!saved.preset().equals(wanted.preset())) {
      return List.of("preset was '" + saved.preset() + "' and is now '" + wanted.preset() + "'");
    }
    final List<String> conflicts = new ArrayList<>();
    if (saved.seed() != wanted.seed()) {
      conflicts.add("seed was " + saved.seed() + " and is now " + wanted.seed());
    }
    final Preset preset = Presets.REGISTRY.find(saved.preset());
    final Map<String, String> before = Presets.writtenOut(saved, target).options();
    final Map<String, String> now = Presets.writtenOut(wanted, target).options();
    final Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (final String name : names) {
      final Option option = find(preset, name);
      if (option == null
          || !before.containsKey(name)
          || !preset.mayChange(option, before.get(name), now.get(name))) {
        conflicts.add(
            "option '" + name + "' was " + shown(before, name) + " and is now " + shown(now, name));
      }
    }
    return List.copyOf(conflicts);
  }

  private static Option find(final Preset preset, final String name) {
    return preset.options().stream()
        .filter(option -> option.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static String shown(final Map<String, String> options, final String name) {
    return options.containsKey(name) ? "'" + options.get(name) + "'" : "unknown";
  }
}
