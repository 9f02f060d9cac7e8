package dev.braid.experts.tree;

/** Options of a Hoeffding tree written with MOA's letters, as in {@code -g 50 -c 1e-7}. */
public final class TreeCommandLine {
  private TreeCommandLine() {}

  /**
   * Reads options; those that are not named have {@link HoeffdingTreeOptions#DEFAULTS}.
   *
   * @param text what follows the tree's name, possibly nothing
   * @param seed of the random draws
   * @throws IllegalArgumentException naming the letter that is wrong
   */
  public static HoeffdingTreeOptions parse(final String text, final long seed) {
    HoeffdingTreeOptions options = HoeffdingTreeOptions.DEFAULTS.withSeed(seed);
    final String[] words = text.isBlank() ? new String[0] : text.trim().split("\\s+");
    int next = 0;
    while (next < words.length) {
      final String letter = words[next++];
      if (letter.equals("-b")) {
        options = options.withBinarySplits(true);
      } else if (letter.equals("-p")) {
        options = options.withPrePruning(false);
      } else {
        if (next == words.length) {
          throw new IllegalArgumentException("tree option '" + letter + "' lacks its value");
        }
        options = with(options, letter, words[next++]);
      }
    }
    return options;
  }

  private static HoeffdingTreeOptions with(
      final HoeffdingTreeOptions options, final String letter, final String value) {
    try {
      return switch (letter) {
        case "-g" -> options.withGracePeriod(Integer.parseInt(value));
        case "-c" -> options.withSplitConfidence(Double.parseDouble(value));
        case "-t" -> options.withTieThreshold(Double.parseDouble(value));
        case "-m" -> options.withMaxBytes(Long.parseLong(value));
        case "-l" -> options.withLeafPrediction(leaf(value));
        default -> throw new IllegalArgumentException("known are -g, -c, -t, -m, -l, -b and -p");
      };
    } catch (final IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "tree option '" + letter + " " + value + "' is wrong: " + e.getMessage(), e);
    }
  }

  private static LeafPrediction leaf(final String name) {
    return switch (name) {
      case "MC" -> LeafPrediction.MAJORITY_CLASS;
      case "NB" -> LeafPrediction.NAIVE_BAYES;
      case "NBAdaptive" -> LeafPrediction.NAIVE_BAYES_ADAPTIVE;
      default -> throw new IllegalArgumentException("leaves are MC, NB or NBAdaptive");
    };
  }
}
