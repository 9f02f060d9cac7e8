package dev.braid.benchmarks;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What users write on the command line: lists, and learners with their options. */
final class Names {
  private static final Pattern NEXT_OPTION = Pattern.compile(":(?=[a-z-]+=)|(?<=^[a-z-]{1,60}):");

  private Names() {}

  /** Splits at commas, but not inside the parentheses of MOA's command lines. */
  static List<String> split(final String list) {
    final List<String> names = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= list.length(); i++) {
      final char c = i == list.length() ? ',' : list.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && (depth == 0 || i == list.length())) {
        final String name = list.substring(start, i).trim();
        if (!name.isEmpty()) {
          names.add(name);
        }
        start = i + 1;
      }
    }
    return names;
  }

  /**
   * Opens a preset, its options behind colons: {@code driftmoe-data:batch=1:top-k=2}. A value may
   * hold colons itself, as {@code expert=moa(trees.HoeffdingTree)} does: only a colon before {@code
   * name=} begins an option.
   *
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault
   */
  static Learner preset(final String name, final long seed, final Schema schema) {
    final String[] parts = NEXT_OPTION.split(name, -1);
    final Map<String, String> options = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      final int equals = parts[i].indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "learner '"
                + name
                + "': '"
                + parts[i]
                + "' is not an option; write them as "
                + parts[0]
                + ":name=value:name=value");
      }
      options.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    return Presets.open(new LearnerSpec(parts[0], seed, options), schema);
  }
}
