package dev.braid.router;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.List;

/** Options that every preset has which predicts numbers: what is said around them. */
public final class Intervals {
  private static final String INTERVAL = "interval";
  private static final String QUANTILES = "quantiles";

  /** To be put among a preset's own. */
  public static final List<Option> OPTIONS =
      List.of(
          new Option(
                  INTERVAL,
                  "0.9",
                  "Where a number is predicted: the share of events whose number lies within the"
                      + " interval that is given with it, 0.5 to 0.999.")
              .whichMayChange(),
          new Option(
                  QUANTILES,
                  "",
                  "Where a number is predicted: levels of quantiles that are given too, each between"
                      + " 0 and 1, separated by commas.")
              .whichMayChange());

  private Intervals() {}

  /** A preset's own options, and these. */
  public static List<Option> with(final List<Option> own) {
    final List<Option> all = new ArrayList<>(own);
    all.addAll(OPTIONS);
    return all;
  }

  /** Refuses an interval and quantiles where a class is predicted. */
  static void requireNone(final Options options) {
    for (final Option option : OPTIONS) {
      final String given = options.given().getOrDefault(option.name(), option.defaultValue());
      if (!given.strip().equals(option.defaultValue())) {
        throw options.bad(
            option.name(), "left out where a class is predicted, since it is about numbers");
      }
    }
  }

  /** The levels asked for: the ends of the interval, then the quantiles. */
  static double[] levels(final Options options) {
    final double interval = options.real(INTERVAL, 0.5, 0.999);
    final String[] quantiles = options.text(QUANTILES).strip().split("\\s*,\\s*");
    final boolean none = quantiles.length == 1 && quantiles[0].isEmpty();
    final double[] levels = new double[2 + (none ? 0 : quantiles.length)];
    levels[0] = (1 - interval) / 2;
    levels[1] = (1 + interval) / 2;
    for (int q = 0; q + 2 < levels.length; q++) {
      levels[q + 2] = level(options, quantiles[q]);
    }
    return levels;
  }

  private static double level(final Options options, final String text) {
    try {
      final double level = Double.parseDouble(text);
      if (level > 0 && level < 1) {
        return level;
      }
    } catch (final NumberFormatException notANumber) {
      // Told below, like a number out of range.
    }
    throw options.bad(QUANTILES, "numbers between 0 and 1 with commas between them");
  }
}
