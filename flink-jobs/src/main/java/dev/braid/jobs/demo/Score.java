package dev.braid.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.data.Target;
import dev.braid.jobs.demo.Report.Figure;
import java.util.List;

/** How well predictions do, of classes or of numbers. */
interface Score {

  /**
   * @param window events that the windowed measure looks back on
   */
  static Score of(final Target target, final GroundTruth answers, final int window) {
    return target instanceof Target.Quantity
        ? new NumberScore(window)
        : new ClassScore(answers, window);
  }

  /** What is plotted, as a heading. */
  String measure();

  /**
   * Compares one prediction with the truth.
   *
   * @param record of the prediction
   * @param target as {@code Instance.target()} has it
   */
  void add(JsonNode record, double target);

  /** Events compared. */
  long events();

  /** The measure since the first event, at most 1. */
  double overall();

  /** The measure over the window, at most 1. */
  double windowed();

  /** As they stand in the last line of a run: {@code accuracy=0.9 kappa_m=0.8}. */
  String summary();

  /** The same for the report. */
  List<Figure> figures();
}
