package dev.braid.benchmarks.numbers;

import java.util.List;
import java.util.Locale;

/**
 * What one run measured.
 *
 * @param stream as asked for
 * @param learner as asked for
 * @param seed of the learner
 * @param events predicted
 * @param delay events that come between an event and its label; 0 where it comes at once
 * @param rmse root of the mean squared error
 * @param mae mean absolute error
 * @param r2 share of the target's variance that is explained
 * @param coverage share of targets in the intervals; NaN without intervals
 * @param coverageLow the least share in the intervals over any {@link WorstCoverage#SPAN} events in
 *     a row; NaN where fewer had one
 * @param coverageHigh the greatest such share
 * @param width mean width of the intervals; NaN without intervals
 * @param rowsPerSecond events a second of CPU time in the learner's calls
 * @param bytes heap held by the learner at the end
 */
record NumberResult(
    String stream,
    String learner,
    long seed,
    long events,
    int delay,
    double rmse,
    double mae,
    double r2,
    double coverage,
    double coverageLow,
    double coverageHigh,
    double width,
    double rowsPerSecond,
    long bytes) {

  static final List<String> COLUMNS =
      List.of(
          "stream",
          "learner",
          "seed",
          "events",
          "label_delay",
          "rmse",
          "mae",
          "r2",
          "coverage",
          "coverage_low",
          "coverage_high",
          "width",
          "rows_per_s",
          "model_bytes");

  /** The row of the tables that it belongs to. */
  String row() {
    return stream + ", " + events + (delay == 0 ? "" : ", labels " + delay + " events late");
  }

  List<Object> fields() {
    return List.of(
        stream,
        learner,
        seed,
        events,
        delay,
        rmse,
        mae,
        r2,
        coverage,
        coverageLow,
        coverageHigh,
        width,
        Math.round(rowsPerSecond),
        bytes);
  }

  /** The line that the command prints. */
  String line() {
    return String.format(
        Locale.ROOT,
        "cell: stream=%s learner=%s seed=%d instances=%d label_delay=%d rmse=%.5f mae=%.5f r2=%.4f"
            + " coverage=%.4f coverage_low=%.4f coverage_high=%.4f width=%.4f rows_per_s=%.0f"
            + " model_bytes=%d",
        stream,
        learner.contains(" ") ? '"' + learner + '"' : learner,
        seed,
        events,
        delay,
        rmse,
        mae,
        r2,
        coverage,
        coverageLow,
        coverageHigh,
        width,
        rowsPerSecond,
        bytes);
  }
}
