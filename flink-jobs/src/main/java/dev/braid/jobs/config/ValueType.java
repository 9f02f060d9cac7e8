package dev.braid.jobs.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/**
 * How the text of a value becomes the value.
 *
 * @param allowed what may be written, for the reference page and for error messages
 * @param parser from the text to the value; throws IllegalArgumentException where the text is none
 */
record ValueType<T>(String allowed, Function<String, T> parser) {

  /** Any text; it may be empty only where that means something. */
  static ValueType<String> text() {
    return new ValueType<>("text", text -> text);
  }

  static ValueType<String> nonEmptyText() {
    return new ValueType<>(
        "text, not empty",
        text -> {
          require(!text.isBlank());
          return text;
        });
  }

  static ValueType<Boolean> bool() {
    return new ValueType<>(
        "true or false",
        text -> {
          require(text.equals("true") || text.equals("false"));
          return text.equals("true");
        });
  }

  static ValueType<Integer> integer(final int low, final int high) {
    return new ValueType<>(
        "a whole number from " + low + " to " + high,
        text -> {
          final int value = Integer.parseInt(text);
          require(value >= low && value <= high);
          return value;
        });
  }

  static ValueType<Long> wholeNumber() {
    return new ValueType<>("a whole number", Long::parseLong);
  }

  static ValueType<Duration> duration(final String low, final String high) {
    final Duration least = TimeUtils.parseDuration(low);
    final Duration most = TimeUtils.parseDuration(high);
    return new ValueType<>(
        "a duration from " + low + " to " + high,
        text -> {
          final Duration value = TimeUtils.parseDuration(text);
          require(value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
          return value;
        });
  }

  /** A number of bytes, at most what an array can hold where {@code high} says so. */
  static ValueType<Long> bytes(final String low, final String high) {
    final long least = MemorySize.parseBytes(low);
    final long most = MemorySize.parseBytes(high);
    return new ValueType<>(
        "a size from " + low + " to " + high,
        text -> {
          final long value = MemorySize.parseBytes(text);
          require(value >= least && value <= most);
          return value;
        });
  }

  /** The constants of an enum, written in lower case with hyphens. */
  static <E extends Enum<E>> ValueType<E> oneOf(final Class<E> type) {
    final E[] constants = type.getEnumConstants();
    return new ValueType<>(
        Arrays.stream(constants).map(ValueType::written).collect(Collectors.joining(", ")),
        text ->
            Arrays.stream(constants)
                .filter(constant -> written(constant).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
  }

  static ValueType<String> oneOf(final List<String> names) {
    return new ValueType<>(
        names.stream().map(n -> n.isEmpty() ? "nothing" : n).collect(Collectors.joining(", ")),
        text -> {
          require(names.contains(text));
          return text;
        });
  }

  /** Texts separated by commas, or a YAML list; spaces around an element do not count. */
  static ValueType<List<String>> list() {
    return new ValueType<>(
        "a list, in one line separated by commas",
        text -> {
          final List<String> elements = new ArrayList<>();
          if (!text.isBlank()) {
            for (final String element : text.split(",", -1)) {
              require(!element.isBlank());
              elements.add(element.strip());
            }
          }
          return List.copyOf(elements);
        });
  }

  private static String written(final Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void require(final boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }
}
