package dev.braid.benchmarks.report;

import java.util.Locale;

/** Writes one picture in SVG; coordinates in pixels, y downwards. */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  /**
   * @param title said by a screen reader in the picture's place
   */
  Svg(final String kind, final String title, final int width, final int height) {
    out.append(
        String.format(
            Locale.ROOT,
            "<svg class=\"%s\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\""
                + " width=\"%d\" height=\"%d\" xmlns=\"http://www.w3.org/2000/svg\">%n",
            kind,
            Text.escape(title),
            width,
            height,
            width,
            height));
  }

  Svg line(final String kind, final double x1, final double y1, final double x2, final double y2) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            kind,
            x1,
            y1,
            x2,
            y2));
    return this;
  }

  Svg area(final String kind, final double x, final double y, final double w, final double h) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
            kind,
            x,
            y,
            w,
            h));
    return this;
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  Svg text(final double x, final double y, final String anchor, final String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            Text.escape(text)));
    return this;
  }

  /** A line through points, shape [points][2], that says its name under the mouse. */
  Svg path(final String colour, final String name, final double[][] points) {
    final StringBuilder d = new StringBuilder();
    for (int i = 0; i < points.length; i++) {
      d.append(
          String.format(
              Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", points[i][0], points[i][1]));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "<path class=\"curve\" style=\"stroke:%s\" d=\"%s\"><title>%s</title></path>%n",
            colour,
            d,
            Text.escape(name)));
    return this;
  }

  /** A dot that says its name under the mouse. */
  Svg dot(final String colour, final String name, final double x, final double y) {
    out.append(
        String.format(
            Locale.ROOT,
            "<circle style=\"fill:%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s</title>"
                + "</circle>%n",
            colour,
            x,
            y,
            Text.escape(name)));
    return this;
  }

  String end() {
    return out.append("</svg>\n").toString();
  }
}
