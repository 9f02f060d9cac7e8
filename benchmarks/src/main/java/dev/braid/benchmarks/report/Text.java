package dev.braid.benchmarks.report;

import java.util.Locale;

/** Numbers as a reader wants them. */
final class Text {
  private static final String[] UNITS = {"B", "kB", "MB", "GB"};

  private Text() {}

  /** 0.83764 as 83.76; a dash where there is no number. */
  static String percent(final double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f", 100 * share);
  }

  /** As {@link #percent}, with the deviation behind it where there is one. */
  static String percent(final double share, final double deviation) {
    return percent(share)
        + (Double.isNaN(deviation) ? "" : String.format(Locale.ROOT, " ± %.2f", 100 * deviation));
  }

  /** Four digits behind the point. */
  static String small(final double number, final double deviation) {
    if (Double.isNaN(number)) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.4f", number)
        + (Double.isNaN(deviation) ? "" : String.format(Locale.ROOT, " ± %.4f", deviation));
  }

  static String count(final double number) {
    return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%,.0f", number);
  }

  static String bytes(final double number) {
    if (Double.isNaN(number)) {
      return "-";
    }
    double value = number;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  static String scientific(final double number) {
    return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%.1e", number);
  }

  /** For HTML and SVG. */
  static String escape(final String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
