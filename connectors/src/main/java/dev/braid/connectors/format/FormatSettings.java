package dev.braid.connectors.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a format is opened with.
 *
 * @param content what the records are
 * @param decoding names, limits and declared features, which all formats have in common
 * @param options a value for each of the format's options
 */
public record FormatSettings(
    RecordFormat.Content content, DecoderOptions decoding, Map<String, String> options) {

  public FormatSettings {
    options = Map.copyOf(options);
  }

  /** Whether the records are events. */
  public boolean isEvent() {
    return content == RecordFormat.Content.EVENT;
  }

  /** The value of an option. */
  public String text(final String option) {
    return options.get(option);
  }

  /**
   * The value of an option that is one character.
   *
   * @throws IllegalArgumentException if it is not
   */
  public char character(final String option) {
    final String value = text(option);
    if (value.length() != 1) {
      throw new IllegalArgumentException(
          "option '" + option + "' is '" + value + "' instead of one character");
    }
    return value.charAt(0);
  }

  /**
   * The value of an option that is a list, separated by commas; spaces around an element do not
   * count.
   */
  public List<String> list(final String option) {
    final List<String> elements = new ArrayList<>();
    if (!text(option).isBlank()) {
      for (final String element : text(option).split(",", -1)) {
        elements.add(element.strip());
      }
    }
    return List.copyOf(elements);
  }
}
