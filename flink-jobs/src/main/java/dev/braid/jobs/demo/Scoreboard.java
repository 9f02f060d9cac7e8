package dev.braid.jobs.demo;

import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.jobs.demo.Report.Point;
import java.util.BitSet;
import java.util.List;

/**
 * Compares predictions with the truth: how many are right, which are missing, which are doubled.
 */
final class Scoreboard {
  private static final int PLOTTED = 800;

  private final Ids ids;
  private final Answers answers;
  private final int window;
  private final PrequentialEvaluator evaluator;
  private final BitSet answered = new BitSet();
  private final Thinned<Point> accuracy = new Thinned<>(PLOTTED);
  private final Thinned<Point> windowAccuracy = new Thinned<>(PLOTTED);
  private long doubled;
  private long foreign;

  Scoreboard(final String stream, final Answers answers, final int window) {
    this.ids = new Ids(stream);
    this.answers = answers;
    this.window = window;
    this.evaluator = new PrequentialEvaluator(window);
  }

  /**
   * @param id of the event
   * @param predicted class name, or null where none was known
   */
  void prediction(final String id, final String predicted) {
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
    final int label = answers.label(event);
    if (label >= 0) {
      evaluator.add(predicted == null ? -1 : answers.classIndex(predicted), label);
      if (evaluator.events() >= window) {
        windowAccuracy.offer(new Point(evaluator.events(), evaluator.windowAccuracy()));
        accuracy.offer(new Point(evaluator.events(), evaluator.accuracy()));
      }
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

  double accuracy() {
    return evaluator.accuracy();
  }

  double kappaM() {
    return evaluator.kappaM();
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
