package dev.braid.benchmarks.harness;

import java.util.Objects;

/**
 * One run of the benchmark: what makes it the same run again.
 *
 * @param stream the stream as it was asked for
 * @param learner the learner as it was asked for
 * @param seed of the learner; the stream's events do not depend on it
 * @param limit events at the most, and the length to which a synthetic stream's drifts are scaled
 * @param labelDelay events between a prediction and the arrival of its label; 0 is at once
 */
public record Cell(String stream, String learner, long seed, long limit, int labelDelay) {

  public Cell {
    Objects.requireNonNull(stream, "stream");
    Objects.requireNonNull(learner, "learner");
    if (limit < 1 || labelDelay < 0) {
      throw new IllegalArgumentException(
          "a cell needs at least one event and no negative delay: " + limit + ", " + labelDelay);
    }
  }
}
