package dev.braid.benchmarks.harness;

import dev.braid.benchmarks.harness.CellResult.Stretches;
import dev.braid.connectors.stream.DriftPoint;
import java.util.List;

/** Counts right predictions over the parts of a stream that are looked at for themselves. */
final class StretchCounts {
  private static final long AFTER_DRIFT = 1_000;

  /** Events counted, and those of them that were right. */
  private static final class Share {
    private long events;
    private long right;

    void count(final boolean isRight) {
      events++;
      right += isRight ? 1 : 0;
    }

    double value() {
      return events == 0 ? Double.NaN : (double) right / events;
    }
  }

  private final List<DriftPoint> drifts;
  private final Share first500 = new Share();
  private final Share first2000 = new Share();
  private final Share afterDrifts = new Share();

  /**
   * @param drifts where the stream is known to change
   */
  StretchCounts(final List<DriftPoint> drifts) {
    this.drifts = drifts;
  }

  /** Counts an event with a label; its number counts those without, too. */
  void count(final long event, final boolean right) {
    if (first500.events < 500) {
      first500.count(right);
    }
    if (first2000.events < 2_000) {
      first2000.count(right);
    }
    for (int d = 0; d < drifts.size(); d++) {
      final long since = event - drifts.get(d).position();
      if (since >= 0 && since < AFTER_DRIFT) {
        afterDrifts.count(right);
        return;
      }
    }
  }

  Stretches stretches() {
    return new Stretches(first500.value(), first2000.value(), afterDrifts.value());
  }
}
