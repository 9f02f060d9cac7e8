package dev.braid.connectors.format;

import dev.braid.connectors.DecimalText;
import java.util.Locale;
import java.util.Set;

/** What texts and numbers in records must be like. */
final class Texts {
  private static final Set<String> NOT_FINITE =
      Set.of("nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity");

  private static final int SHOWN = 160;

  private Texts() {}

  /**
   * Checks a text that will be kept.
   *
   * @param what what the text is, for the reason
   */
  static String checked(final String what, final String text, final int maxLength) throws Refusal {
    if (text.isEmpty()) {
      throw new Refusal(what + " is empty");
    }
    if (!fits(text, maxLength)) {
      throw misfit(what, text, maxLength);
    }
    return text;
  }

  /** Whether a text, the empty one included, is short enough and can be written as UTF-8. */
  static boolean fits(final String text, final int maxLength) {
    return text.length() <= maxLength && isWellFormed(text);
  }

  /** Why a text does not fit. */
  static Refusal misfit(final String what, final String text, final int maxLength) {
    return new Refusal(
        what
            + " is "
            + Refusal.show(text)
            + (text.length() > maxLength
                ? ", a text of " + text.length() + " characters, " + maxLength + " are allowed"
                : ", which holds half of a surrogate pair"));
  }

  /** Whether the text can be written as UTF-8: JSON escapes can spell halves of characters. */
  private static boolean isWellFormed(final String text) {
    final int length = text.length();
    for (int i = 0; i < length; i++) {
      final char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        i++;
        if (Character.isLowSurrogate(c)
            || i == length
            || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The value of a text for which {@link DecimalText#isNumber} holds. */
  static double finite(final String feature, final String number) throws Refusal {
    final double value = DecimalText.value(number);
    if (!Double.isFinite(value)) {
      throw notFinite(feature, number);
    }
    return value;
  }

  static Refusal notFinite(final String feature, final String value) {
    return new Refusal(
        "feature "
            + Refusal.show(feature)
            + " is "
            + Refusal.show(value)
            + ", only finite numbers are allowed");
  }

  /** Whether a text spells NaN or an infinity in one of the ways common to libraries. */
  static boolean isNotFinite(final String text) {
    return text.length() >= 3
        && text.length() <= 9
        && NOT_FINITE.contains(text.toLowerCase(Locale.ROOT));
  }

  /** What a library said, as the end of a sentence; nothing where it says nothing to a person. */
  static String because(final Exception thrown) {
    final String message = thrown.getMessage();
    if (message == null || message.contains("Exception")) {
      return "";
    }
    final String cut = message.length() > SHOWN ? message.substring(0, SHOWN) + "..." : message;
    return ": " + cut.replaceAll("\\p{Cntrl}", "?");
  }
}
