package dev.braid.benchmarks.serve;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** How long answers took, all and those around a new model, and how long the client was away. */
final class LoadFigures {
  /** Answers around the first one of a newer model. */
  private static final int AROUND = 20;

  private final Histogram all = new Histogram(3);
  private final Histogram atSwap = new Histogram(3);

  /** From one look at the connections to the next, each as often as it has microseconds. */
  private final Histogram away = new Histogram(3);

  private final long[] last = new long[AROUND];
  private long answers;
  private long failures;
  private long swaps;
  private long version = -1;
  private int following;

  /**
   * @param nanos since the request was to be sent
   */
  void answered(final long nanos, final int status, final long modelVersion) {
    all.recordValue(nanos);
    if (status != 200) {
      failures++;
    }
    if (modelVersion > version) {
      if (version >= 0) {
        swaps++;
        for (int i = 0; i < Math.min(answers, AROUND) && following == 0; i++) {
          atSwap.recordValue(last[i]);
        }
        following = AROUND;
      }
      version = modelVersion;
    }
    if (following > 0) {
      following--;
      atSwap.recordValue(nanos);
    }
    last[(int) (answers++ % AROUND)] = nanos;
  }

  /**
   * The client has looked for answers again.
   *
   * @param nanos since it last did: none that came meanwhile could be taken before
   */
  void looked(final long nanos) {
    away.recordValueWithCount(nanos, nanos / 1_000);
  }

  long failures() {
    return failures;
  }

  /**
   * @param before a column before the others with what ends it, or nothing
   */
  static String head(final String before) {
    final String names =
        "| "
            + before
            + "requests a second | answers | other than 200 | models | p50 ms | p90 ms | p99 ms |"
            + " p99.9 ms | max ms | at a new model: p50 ms | p99 ms | max ms |"
            + " client away: p99 ms | max ms |";
    return names + "\n|" + (before.isEmpty() ? "" : "---|") + "---:|".repeat(14);
  }

  String row(final int perSecond) {
    return String.format(
        Locale.ROOT,
        "| %d | %d | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |",
        perSecond,
        answers,
        failures,
        swaps,
        millis(all, 50),
        millis(all, 90),
        millis(all, 99),
        millis(all, 99.9),
        millis(all, 100),
        millis(atSwap, 50),
        millis(atSwap, 99),
        millis(atSwap, 100),
        millis(away, 99),
        millis(away, 100));
  }

  private static double millis(final Histogram histogram, final double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
