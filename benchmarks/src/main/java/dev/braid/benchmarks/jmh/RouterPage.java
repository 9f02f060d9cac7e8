package dev.braid.benchmarks.jmh;

import java.util.Map;

/** The table of the router's training step. */
final class RouterPage {
  private RouterPage() {}

  static void write(final StringBuilder page, final JmhScores scores) {
    page.append("\n## Router d-256-128-12, batch 32\n\n")
        .append("One training step and its parts on one core (`RouterBenchmark`), in plain Java;")
        .append(" beside them a product by the same kernels (32 x 1024 by 1024 x 128) and a large")
        .append(" one (1024 cubed) by OpenBLAS on one thread. Adam's operations count nothing.\n\n")
        .append("| d | part | microseconds | GFLOP/s | of our product | of OpenBLAS |\n")
        .append("|---|---|---|---|---|---|\n");
    for (final String features : new String[] {"8", "24"}) {
      final Map<String, String> run = Map.of("features", features);
      for (final String part : new String[] {"step", "forward", "backward"}) {
        final double rate = rate(scores, part, run);
        TreePage.line(
            page,
            "| %s | %s | %.1f | %.1f | %.0f %% | %.0f %% |",
            features,
            part,
            microseconds(scores, part, run),
            rate,
            100 * rate / rate(scores, "javaProduct", run),
            100 * rate / rate(scores, "openBlasProduct", run));
      }
      TreePage.line(
          page, "| %s | Adam | %.1f | | | |", features, microseconds(scores, "adam", run));
      for (final String part : new String[] {"javaProduct", "openBlasProduct"}) {
        TreePage.line(
            page,
            "| %s | %s | %.1f | %.1f | | |",
            features,
            "javaProduct".equals(part) ? "product by our kernels" : "large product by OpenBLAS",
            microseconds(scores, part, run),
            rate(scores, part, run));
      }
    }
  }

  private static double rate(
      final JmhScores scores, final String part, final Map<String, String> run) {
    return scores.counter("RouterBenchmark." + part, run, "gflop");
  }

  private static double microseconds(
      final JmhScores scores, final String part, final Map<String, String> run) {
    return 1e6 / scores.rate("RouterBenchmark." + part, run);
  }
}
