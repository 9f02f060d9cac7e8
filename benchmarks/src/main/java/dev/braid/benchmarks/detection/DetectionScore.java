package dev.braid.benchmarks.detection;

import dev.braid.connectors.stream.DriftPoint;
import java.util.List;

/**
 * How well alarms tell of a stream's known drifts. An alarm finds a drift when it is the first from
 * the drift's begin until half way to the next drift, or to the end of the stream; every other
 * alarm is a false one.
 *
 * @param drifts drifts that the stream contains
 * @param found drifts that were found
 * @param falseAlarms alarms that found nothing
 * @param meanDelay events from the begin of a found drift to its alarm; NaN where none was found
 */
public record DetectionScore(int drifts, int found, int falseAlarms, double meanDelay) {

  /**
   * Scores the alarms of one run.
   *
   * @param alarms events at which an alarm was raised, ascending, counted from 0
   * @param events length of the stream
   */
  public static DetectionScore of(
      final List<Long> alarms, final List<DriftPoint> drifts, final long events) {
    int found = 0;
    double delays = 0;
    for (int d = 0; d < drifts.size(); d++) {
      final double begin = begin(drifts.get(d));
      final double next = d + 1 < drifts.size() ? begin(drifts.get(d + 1)) : events;
      for (final long alarm : alarms) {
        if (alarm >= begin && alarm < (begin + next) / 2) {
          found++;
          delays += alarm - begin;
          break;
        }
      }
    }
    return new DetectionScore(
        drifts.size(), found, alarms.size() - found, found == 0 ? Double.NaN : delays / found);
  }

  private static double begin(final DriftPoint drift) {
    return drift.position() - drift.width() / 2.0;
  }

  /** Harmonic mean of the share of alarms that are right and the share of drifts found. */
  public double f1() {
    return 2.0 * found / (found + falseAlarms + drifts);
  }
}
