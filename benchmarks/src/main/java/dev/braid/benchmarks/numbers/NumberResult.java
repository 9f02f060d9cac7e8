package dev.braid.benchmarks.numbers;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
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

  /** Events that a learner is told of before they are to be predicted. */
  private static final int CHUNK = 1_000;

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

  private record Pending(int event, Object kept) {}

  /** Predicts every event, then learns from it, at once or when its label comes. */
  static NumberResult run(
      final String stream,
      final String name,
      final long seed,
      final NumberStream events,
      final int delay) {
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
    final WorstCoverage worst = new WorstCoverage();
    final Deque<Pending> pending = new ArrayDeque<>();
    final long start = threads.getCurrentThreadCpuTime();
    for (int t = 0; t < n; t++) {
      if (t % CHUNK == 0) {
        learner.coming(events.x().subList(t, Math.min(n, t + CHUNK)));
      }
      final double[] x = events.x().get(t);
      final double y = events.y().get(t);
      final double error = learner.predict(x) - y;
      if (learner.upper() >= learner.lower()) {
        intervals++;
        final boolean within = y >= learner.lower() && y <= learner.upper();
        covered += within ? 1 : 0;
        worst.add(within);
        width += learner.upper() - learner.lower();
      }
      if (delay == 0) {
        learner.learn(x, y);
      } else {
        pending.add(new Pending(t, learner.keep()));
        if (pending.size() > delay) {
          final Pending due = pending.remove();
          learner.learnLate(events.x().get(due.event()), events.y().get(due.event()), due.kept());
        }
      }
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
        delay,
        Math.sqrt(squares / n),
        absolute / n,
        1 - squares / (sumOfSquares - sum * sum / n),
        intervals == 0 ? Double.NaN : (double) covered / intervals,
        worst.low(),
        worst.high(),
        intervals == 0 ? Double.NaN : width / intervals,
        n / seconds,
        learner.sizeBytes());
  }

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
