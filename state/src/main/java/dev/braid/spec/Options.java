package dev.braid.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of one thing, with defaults where none was given, checked as they are asked for. */
public final class Options {
  private final String owner;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> given = new LinkedHashMap<>();

  private Options(final String owner, final List<Option> known) {
    this.owner = owner;
    known.forEach(option -> values.put(option.name(), option.defaultValue()));
  }

  /**
   * Options given by name.
   *
   * @param owner whose they are, as a message shall say it: {@code preset 'braid'}
   * @throws IllegalArgumentException with one sentence, if one is given that is not known
   */
  public static Options of(
      final String owner, final List<Option> known, final Map<String, String> given) {
    final Options options = new Options(owner, known);
    given.forEach(options::set);
    return options;
  }

  /**
   * Options given as the arguments of a term.
   *
   * @param owner whose they are, as a message shall say it: {@code detector 'adwin'}
   * @throws IllegalArgumentException with one sentence, if one is given that is not known, too many
   *     are given, or one is given twice
   */
  public static Options of(final String owner, final List<Option> known, final Term term) {
    final Options options = new Options(owner, known);
    final Map<String, String> given = new LinkedHashMap<>();
    if (!term.arguments().isEmpty()) {
      int place = 0;
      for (final String argument : Term.split(term.arguments(), ',')) {
        final int equals = nameEnd(argument);
        if (equals < 0 && place >= known.size()) {
          throw new IllegalArgumentException(
              "'" + term + "' gives more values than " + owner + " has options" + options.names());
        }
        final String name =
            equals < 0 ? known.get(place).name() : argument.substring(0, equals).strip();
        if (given.put(name, argument.substring(equals + 1).strip()) != null) {
          throw new IllegalArgumentException("'" + term + "' gives option '" + name + "' twice");
        }
        place++;
      }
    }
    given.forEach(options::set);
    return options;
  }

  /** Where the name of an argument ends; -1 if it is a value alone. */
  private static int nameEnd(final String argument) {
    final int equals = argument.indexOf('=');
    return equals >= 0 && Term.isName(argument.substring(0, equals).strip()) ? equals : -1;
  }

  private void set(final String name, final String value) {
    if (values.replace(name, value) == null) {
      throw new IllegalArgumentException(owner + " has no option '" + name + "'" + names());
    }
    given.put(name, value);
  }

  private String names() {
    return values.isEmpty()
        ? "; it has none"
        : values.keySet().stream().collect(Collectors.joining(", ", "; it has ", ""));
  }

  /** All values by option, in the order in which the options are declared. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Values of the options that were given, by option. */
  public Map<String, String> given() {
    return Collections.unmodifiableMap(given);
  }

  /** A value as it was given. */
  public String text(final String name) {
    final String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(
          owner + " asks for an option that it did not declare: " + name);
    }
    return value;
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException with one sentence, if it is none from lowest to highest
   */
  public int integer(final String name, final int lowest, final int highest) {
    return (int) wholeNumber(name, lowest, highest);
  }

  /**
   * A whole number that may be large.
   *
   * @throws IllegalArgumentException with one sentence, if it is none from lowest to highest
   */
  public long wholeNumber(final String name, final long lowest, final long highest) {
    try {
      final long value = Long.parseLong(text(name).strip());
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (final NumberFormatException notAnInteger) {
      // Told below, like a number out of range.
    }
    throw bad(name, "a whole number from " + lowest + " to " + highest);
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException with one sentence, if it is none from lowest to highest
   */
  public double real(final String name, final double lowest, final double highest) {
    try {
      final double value = Double.parseDouble(text(name).strip());
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (final NumberFormatException notANumber) {
      // Told below, like a number out of range.
    }
    throw bad(name, "a number from " + lowest + " to " + highest);
  }

  /**
   * Yes or no.
   *
   * @throws IllegalArgumentException with one sentence, if it is neither true nor false
   */
  public boolean flag(final String name) {
    return switch (text(name).strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(name, "true or false");
    };
  }

  /**
   * One of the constants of an enum, written in lower case with hyphens.
   *
   * @throws IllegalArgumentException with one sentence, if it is none of them
   */
  public <E extends Enum<E>> E choice(final String name, final Class<E> of) {
    final String wanted = text(name).strip();
    final StringBuilder words = new StringBuilder();
    for (final E constant : of.getEnumConstants()) {
      final String word = word(constant);
      if (word.equals(wanted)) {
        return constant;
      }
      words.append(words.isEmpty() ? "" : ", ").append(word);
    }
    throw bad(name, "one of " + words);
  }

  /** How a constant is written in texts. */
  public static String word(final Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What to throw when a value is wrong in a way of the owner's own. */
  public IllegalArgumentException bad(final String name, final String expected) {
    return new IllegalArgumentException(
        "option '" + name + "' of " + owner + " is '" + text(name) + "'; it must be " + expected);
  }
}
