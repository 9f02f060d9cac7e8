package dev.braid.benchmarks.detection;

import java.util.Locale;

/**
 * How well a detector, or a learner by the changes of its pool, told of a stream's drifts.
 *
 * @param stream as it was asked for
 * @param watcher the detector's or the learner's name
 * @param seed of the learner; of a detector's run, 1
 * @param score what came out
 */
public record Detection(String stream, String watcher, long seed, DetectionScore score) {

  /** The line that the command prints. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "detection: stream=%s by=%s seed=%d drifts=%d found=%d false_alarms=%d mean_delay=%.0f"
            + " f1=%.4f",
        stream,
        watcher,
        seed,
        score.drifts(),
        score.found(),
        score.falseAlarms(),
        score.meanDelay(),
        score.f1());
  }
}
