package dev.braid.benchmarks.numbers;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;

/**
 * What one run measured.
 *
 * @param stream as asked for
 * @param learner as asked for
 * @param seed of the learner
 * @param events predicted
 * @param rmse root of the mean squared error
 * @param mae mean absolute error
 * @param r2 share of the target's variance that is explained
 * @param coverage share of targets in the intervals; NaN without intervals
 * @param width mean width of the intervals; NaN without intervals
 * @param rowsPerSecond events a second of CPU time in the learner's calls
 * @param bytes heap held by the learner at the end
 */
record NumberResult(
    String stream,
    String learner,
    long seed,
    long events,
    double rmse,
    double mae,
    double r2,
    double coverage,
    double width,
    double rowsPerSecond,
    long bytes) {

  static final List<String> COLUMNS =
      List.of(
          "stream",
          "learner",
          "seed",
          "events",
          "rmse",
          "mae",
          "r2",
          "coverage",
          "width",
          "rows_per_s",
          "model_bytes");

  /** Predicts every event, then learns from it. */
  static NumberResult run(
      final String stream, final String name, final long seed, final NumberStream events) {
    final NumberLearner learner = NumberLearner.open(name, seed, events.schema());
    final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    final int n = events.y().size();
    double squares = 0;
    double absolute = 0;
    double sum = 0;
    double sumOfSquares = 0;
    long intervals = 0;
    long covered = 0;
    double width = 0;
    final long start = threads.getCurrentThreadCpuTime();
    for (int t = 0; t < n; t++) {
      final double[] x = events.x().get(t);
      final double y = events.y().get(t);
      final double error = learner.predict(x) - y;
      if (learner.upper() >= learner.lower()) {
        intervals++;
        covered += y >= learner.lower() && y <= learner.upper() ? 1 : 0;
        width += learner.upper() - learner.lower();
      }
      learner.learn(x, y);
      squares += error * error;
      absolute += Math.abs(error);
      sum += y;
      sumOfSquares += y * y;
    }
    final double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
    return new NumberResult(
        stream,
        name,
        seed,
        n,
        Math.sqrt(squares / n),
        absolute / n,
        1 - squares / (sumOfSquares - sum * sum / n),
        intervals == 0 ? Double.NaN : (double) covered / intervals,
        intervals == 0 ? Double.NaN : width / intervals,
        n / seconds,
        learner.sizeBytes());
  }

  List<Object> fields() {
    return List.of(
        stream,
        learner,
        seed,
        events,
        rmse,
        mae,
        r2,
        coverage,
        width,
        Math.round(rowsPerSecond),
        bytes);
  }

  /** The line that the command prints. */
  String line() {
    return String.format(
        Locale.ROOT,
        "cell: stream=%s learner=%s seed=%d instances=%d rmse=%.5f mae=%.5f r2=%.4f"
            + " coverage=%.4f width=%.4f rows_per_s=%.0f model_bytes=%d",
        stream,
        learner.contains(" ") ? '"' + learner + '"' : learner,
        seed,
        events,
        rmse,
        mae,
        r2,
        coverage,
        width,
        rowsPerSecond,
        bytes);
  }
}
