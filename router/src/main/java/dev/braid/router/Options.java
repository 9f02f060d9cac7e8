package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of one learner, with the preset's defaults where none was given, checked. */
public final class Options {
  private final String preset;
  private final Map<String, String> values = new HashMap<>();

  /**
   * @throws IllegalArgumentException if an option is given that the preset does not have
   */
  Options(final LearnerSpec spec, final List<PresetOption> known) {
    preset = spec.preset();
    known.forEach(option -> values.put(option.name(), option.defaultValue()));
    spec.options()
        .forEach(
            (name, value) -> {
              if (values.replace(name, value) == null) {
                throw new IllegalArgumentException(
                    "preset '"
                        + preset
                        + "' has no option '"
                        + name
                        + "'; it has "
                        + known.stream().map(PresetOption::name).collect(Collectors.joining(", ")));
              }
            });
  }

  /** The value of an option. */
  public String text(final String name) {
    return values.get(name);
  }

  /** The value of an option. */
  public int integer(final String name, final int lowest, final int highest) {
    try {
      final int value = Integer.parseInt(text(name).trim());
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (final NumberFormatException notAnInteger) {
      // Told below, like a number out of range.
    }
    throw bad(name, "a whole number from " + lowest + " to " + highest);
  }

  /** The value of an option. */
  public double real(final String name, final double lowest, final double highest) {
    try {
      final double value = Double.parseDouble(text(name).trim());
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (final NumberFormatException notANumber) {
      // Told below, like a number out of range.
    }
    throw bad(name, "a number from " + lowest + " to " + highest);
  }

  /** The value of an option. */
  public boolean flag(final String name) {
    return switch (text(name).trim()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(name, "true or false");
    };
  }

  /** Opens an expert as the option {@code expert} says. */
  public Expert openExpert(final Schema schema, final long seed) {
    try {
      return Experts.open(text("expert"), schema, seed);
    } catch (final IllegalArgumentException e) {
      throw new IllegalArgumentException("option 'expert': " + e.getMessage(), e);
    }
  }

  /** The refusal of an option's value. */
  public IllegalArgumentException bad(final String name, final String expected) {
    return new IllegalArgumentException(
        "option '"
            + name
            + "' of preset '"
            + preset
            + "' is '"
            + text(name)
            + "'; it must be "
            + expected);
  }
}
