package dev.braid.benchmarks;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What users write on the command line, and what it says of itself. */
public final class CommandTexts {
  private CommandTexts() {}

  /** Splits at commas, but not inside of parentheses. */
  public static List<String> split(final String list) {
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

  /** A line of the help on something that has a short name. */
  public static String helpLine(final String name, final String meaning) {
    return "  %-14s %s".formatted(name, meaning).replace("%", "%%");
  }

  /** The command as it was given, to be given to a shell again. */
  public static String command(final CommandSpec spec) {
    final List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    return "./braid " + String.join(" ", words.stream().map(CommandTexts::quoted).toList());
  }

  private static String quoted(final String word) {
    return word.matches("[\\w./,:=@%+-]*") ? word : "'" + word + "'";
  }
}
