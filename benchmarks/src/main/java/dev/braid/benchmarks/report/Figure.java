package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * A figure that has a table in the reports.
 *
 * @param measure of one run, NaN where it has none
 * @param better 1 where more is better, -1 where less is, 0 where no best one is marked
 * @param format of the mean over the seeds and their standard deviation, either perhaps NaN
 */
record Figure(String title, ToDoubleFunction<CellResult> measure, int better, Format format) {
  /** Numbers as text. */
  interface Format {
    String of(double mean, double deviation);
  }

  /** What everything is ranked by. */
  static final Figure ACCURACY =
      new Figure("Accuracy, per cent", r -> r.scores().accuracy(), 1, Text::percent);

  /** All figures but the accuracy, in the order of the reports. */
  static final List<Figure> OTHERS =
      List.of(
          new Figure("Kappa M, per cent", r -> r.scores().kappaM(), 1, Text::percent),
          new Figure("Kappa T, per cent", r -> r.scores().kappaT(), 1, Text::percent),
          new Figure("Macro recall, per cent", r -> r.scores().macroRecall(), 1, Text::percent),
          new Figure("Log loss, nats", r -> r.probabilities().logLoss(), -1, Text::small),
          new Figure("Brier score, 0 to 2", r -> r.probabilities().brier(), -1, Text::small),
          new Figure(
              "Expected calibration error, per cent",
              r -> r.probabilities().calibrationError(),
              -1,
              Text::percent),
          new Figure(
              "Accuracy of the first 500 events, per cent",
              r -> r.stretches().first500(),
              1,
              Text::percent),
          new Figure(
              "Accuracy of the first 2,000 events, per cent",
              r -> r.stretches().first2000(),
              1,
              Text::percent),
          new Figure(
              "Accuracy of the 1,000 events after known drifts, per cent",
              r -> r.stretches().afterDrifts(),
              1,
              Text::percent),
          cost("Events per second of learner CPU time", CellResult::rowsPerSecond, Text::count),
          cost("Size at the end", r -> r.cost().modelBytes(), Text::bytes),
          cost("RAM-hours (GiB times hours of CPU)", r -> r.cost().ramHours(), Text::scientific));

  private static Figure cost(
      final String title,
      final ToDoubleFunction<CellResult> measure,
      final DoubleFunction<String> format) {
    return new Figure(title, measure, 0, (mean, deviation) -> format.apply(mean));
  }

  /** Whether any run of a table has it. */
  boolean isIn(final ResultTable table) {
    return table.streams().stream().anyMatch(stream -> !Double.isNaN(best(table, stream)));
  }

  /** Whether a learner is the best on a stream, or one of those. */
  boolean isBest(final ResultTable table, final String stream, final String learner) {
    return better != 0 && better * table.mean(stream, learner, measure) == best(table, stream);
  }

  private double best(final ResultTable table, final String stream) {
    return table.best(stream, r -> (better == 0 ? 1 : better) * measure.applyAsDouble(r));
  }

  /** What stands in the table. */
  String text(final ResultTable table, final String stream, final String learner) {
    return format.of(
        table.mean(stream, learner, measure), table.deviation(stream, learner, measure));
  }
}
