package dev.braid.connectors;

import com.fasterxml.jackson.core.io.NumberInput;

/** Decimal numbers as text: what Java would take beyond that ("1d", "0x1p3") is none. */
public final class DecimalText {
  private DecimalText() {}

  /** Whether a text is a decimal number, without spaces around it. */
  public static boolean isNumber(final String text) {
    final int length = text.length();
    int i = 0;
    if (i < length && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    final int whole = digits(text, i);
    int digits = whole - i;
    i = whole;
    if (i < length && text.charAt(i) == '.') {
      final int fraction = digits(text, i + 1);
      digits += fraction - i - 1;
      i = fraction;
    }
    if (digits == 0) {
      return false;
    }
    if (i < length && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < length && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
        i++;
      }
      final int exponent = digits(text, i);
      if (exponent == i) {
        return false;
      }
      i = exponent;
    }
    return i == length;
  }

  private static int digits(final String text, final int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** The value of a text for which {@link #isNumber} holds; infinite where it is too large. */
  public static double value(final String number) {
    return NumberInput.parseDouble(number, true);
  }

  /** The finite number that a text stands for, spaces around it or not; NaN where it is none. */
  public static double finite(final String text) {
    final String stripped = text.strip();
    if (!isNumber(stripped)) {
      return Double.NaN;
    }
    final double value = value(stripped);
    return Double.isFinite(value) ? value : Double.NaN;
  }
}
