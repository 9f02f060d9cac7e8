package dev.braid.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.jobs.demo.Report.Point;
import java.util.BitSet;
import java.util.List;

/**
 * Compares predictions with the truth: how many are right, which are missing, which are doubled.
 */
final class Scoreboard {
  private static final int PLOTTED = 800;

  private final Ids ids;
  private final GroundTruth answers;
  private final int window;
  private final Score score;
  private final BitSet answered = new BitSet();
  private final Thinned<Point> accuracy = new Thinned<>(PLOTTED);
  private final Thinned<Point> windowAccuracy = new Thinned<>(PLOTTED);
  private long doubled;
  private long foreign;

  /**
   * @param window events that the score's window looks back on
   */
  Scoreboard(final String stream, final GroundTruth answers, final Score score, final int window) {
    this.ids = new Ids(stream);
    this.answers = answers;
    this.window = window;
    this.score = score;
  }

  /** Takes a record of a prediction in. */
  void prediction(final JsonNode record) {
    final String id = record.path("id").asText();
    final int event = ids.event(id);
    if (event < 0 || event >= answers.size()) {
      foreign++;
      return;
    }
    if (answered.get(event)) {
      doubled++;
      return;
    }
    answered.set(event);
    final long before = score.events();
    score.add(record, answers.target(event));
    if (score.events() > before && score.events() >= window) {
      windowAccuracy.offer(new Point(score.events(), score.windowed()));
      accuracy.offer(new Point(score.events(), score.overall()));
    }
  }

  /** Events with one prediction or more. */
  long predicted() {
    return answered.cardinality();
  }

  /** Predictions beyond the first one of an event. */
  long doubled() {
    return doubled;
  }

  /** Predictions of events that were never sent. */
  long foreign() {
    return foreign;
  }

  Score score() {
    return score;
  }

  int window() {
    return window;
  }

  List<Point> accuracyTrace() {
    return accuracy.kept();
  }

  List<Point> windowTrace() {
    return windowAccuracy.kept();
  }
}
