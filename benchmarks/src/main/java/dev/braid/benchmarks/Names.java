package dev.braid.benchmarks;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.List;

/** What users write on the command line: lists, and learners with their options. */
final class Names {
  private Names() {}

  /** Splits at commas, but not inside of parentheses. */
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
   * Opens a preset, its options in parentheses: {@code driftmoe-data(batch=1,top-k=2)}.
   *
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault
   */
  static Learner preset(final String name, final long seed, final Schema schema) {
    return Presets.open(LearnerSpec.parse(name, seed), schema);
  }
}
