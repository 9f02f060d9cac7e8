package dev.braid.router;

import dev.braid.data.Target;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the class that a learner names is to be best at, as the option {@code objective} has it. It
 * chooses among the classes by their probabilities, which stay as they are (Elkan, "The foundations
 * of cost-sensitive learning", IJCAI 2001, section 1).
 *
 * @param balanced whether each class counts as much, however rare
 * @param costs of a truth, then of the class named in its place; what is not there costs 1
 */
record Objective(boolean balanced, Map<String, Map<String, Double>> costs) {
  private static final String NAME = "objective";
  private static final String ACCURACY = "accuracy";
  private static final String BALANCED = "balanced";
  private static final String COSTS = "costs";
  private static final double LARGEST = 1e9;

  private static final Option OPTION =
      new Option(
              NAME,
              ACCURACY,
              "Where a class is predicted, what the class named is best at: `accuracy`, the most"
                  + " probable class; `balanced`, the mean of the classes' recalls; or the least"
                  + " cost, `costs(fraud>ok=20, ok>fraud=2)`: 20 where `ok` is named and it is"
                  + " `fraud`, 1 for each other mistake. Probabilities stay as they are.")
          .whichMayChange();

  /** A preset's own options, and this one. */
  static List<Option> with(final List<Option> own) {
    final List<Option> all = new ArrayList<>(own);
    all.add(OPTION);
    return all;
  }

  /**
   * As the options have it.
   *
   * @throws IllegalArgumentException with one sentence, if they cannot be read
   */
  static Objective of(final Options options) {
    final String text = options.text(NAME).strip();
    if (text.equals(ACCURACY) || text.equals(BALANCED)) {
      return new Objective(text.equals(BALANCED), Map.of());
    }
    if (!text.startsWith(COSTS + "(") || !text.endsWith(")")) {
      throw bad(options);
    }
    final Map<String, Map<String, Double>> costs = new LinkedHashMap<>();
    final String pairs = text.substring(COSTS.length() + 1, text.length() - 1);
    for (final String pair : Term.split(pairs, ',')) {
      final int over = pair.indexOf('>');
      final int equals = pair.lastIndexOf('=');
      if (over < 1 || equals < over) {
        throw bad(options);
      }
      final String truth = pair.substring(0, over).strip();
      final String named = pair.substring(over + 1, equals).strip();
      final double cost = cost(options, pair.substring(equals + 1).strip());
      final boolean isNew =
          costs.computeIfAbsent(truth, t -> new LinkedHashMap<>()).put(named, cost) == null;
      if (truth.isEmpty() || named.isEmpty() || truth.equals(named) || !isNew) {
        throw bad(options);
      }
    }
    return new Objective(false, costs);
  }

  /** Refuses an objective where a number is predicted. */
  static void requireNone(final Options options) {
    if (!options.given().getOrDefault(NAME, ACCURACY).strip().equals(ACCURACY)) {
      throw options.bad(
          NAME, "left out where a number is predicted, since no class is named there");
    }
  }

  private static double cost(final Options options, final String text) {
    try {
      final double cost = Double.parseDouble(text);
      if (cost >= 0 && cost <= LARGEST) {
        return cost;
      }
    } catch (final NumberFormatException notANumber) {
      // Told below, like a number out of range.
    }
    throw bad(options);
  }

  private static IllegalArgumentException bad(final Options options) {
    return options.bad(
        NAME,
        "accuracy, balanced, or costs(TRUTH>NAMED=COST, ...) with two different classes, each pair"
            + " once, and a cost from 0 to 1e9");
  }

  /** Whether the most probable class is the best one. */
  boolean isAccuracy() {
    return !balanced && costs.isEmpty();
  }

  /** Costs by truth and class named, flat, shape [classes, classes]. */
  double[] matrix(final Target target) {
    final List<String> names = ((Target.Classes) target).names();
    final int classes = names.size();
    final double[] matrix = new double[classes * classes];
    for (int truth = 0; truth < classes; truth++) {
      final Map<String, Double> of = costs.getOrDefault(names.get(truth), Map.of());
      for (int named = 0; named < classes; named++) {
        matrix[truth * classes + named] =
            truth == named ? 0 : of.getOrDefault(names.get(named), 1.0);
      }
    }
    return matrix;
  }
}
