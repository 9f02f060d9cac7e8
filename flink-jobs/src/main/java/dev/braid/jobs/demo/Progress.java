package dev.braid.jobs.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells on standard error how far it is: a bar on a terminal, a line now and then elsewhere. */
final class Progress {
  private static final int WIDTH = 30;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final long BAR_NANOS = 100_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private final long total;
  private long told = Long.MIN_VALUE;
  private boolean open;

  /**
   * @param total records to come, or -1 where that is not known
   */
  Progress(final PrintWriter err, final boolean terminal, final long total) {
    this.err = err;
    this.terminal = terminal;
    this.total = total;
  }

  /**
   * @param nanos now, on the clock of {@link System#nanoTime}
   * @param rate records a second
   */
  void show(final long nanos, final long done, final double rate, final Score score) {
    if (told != Long.MIN_VALUE && nanos - told < (terminal ? BAR_NANOS : LINE_NANOS)) {
      return;
    }
    told = nanos;
    final String figures =
        String.format(Locale.ROOT, "%,d records, %,.0f a second, %s", done, rate, score.summary());
    if (terminal) {
      err.print("\r\033[K" + bar(done) + figures);
      open = true;
    } else {
      err.println(figures);
    }
    err.flush();
  }

  /** Ends the bar, so that what follows begins a line. */
  void close() {
    if (open) {
      err.println();
      err.flush();
      open = false;
    }
  }

  private String bar(final long done) {
    if (total <= 0) {
      return "";
    }
    final int full = (int) Math.min(WIDTH, done * WIDTH / total);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  ",
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        Math.min(100, 100 * done / total));
  }
}
