package dev.braid.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.evaluation.WindowAccuracy;
import dev.braid.jobs.demo.Report.Figure;
import java.util.List;
import java.util.Locale;

/** Accuracy. */
final class ClassScore implements Score {
  private final GroundTruth answers;
  private final PrequentialEvaluator evaluator = new PrequentialEvaluator();
  private final WindowAccuracy lately;

  ClassScore(final GroundTruth answers, final int window) {
    this.answers = answers;
    lately = new WindowAccuracy(window);
  }

  @Override
  public String measure() {
    return "Accuracy";
  }

  @Override
  public void add(final JsonNode record, final double target) {
    final String predicted = record.path("predicted").textValue();
    if (target >= 0) {
      final int prediction = predicted == null ? -1 : answers.classIndex(predicted);
      evaluator.add(prediction, (int) target);
      lately.add(prediction == (int) target);
    }
  }

  @Override
  public long events() {
    return evaluator.events();
  }

  @Override
  public double overall() {
    return evaluator.accuracy();
  }

  @Override
  public double windowed() {
    return lately.accuracy();
  }

  @Override
  public String summary() {
    return String.format(
        Locale.ROOT, "accuracy=%.4f kappa_m=%.4f", evaluator.accuracy(), evaluator.kappaM());
  }

  @Override
  public List<Figure> figures() {
    return List.of(
        Figure.of("accuracy", "%.2f %%", 100 * evaluator.accuracy()),
        Figure.of("kappa M", "%.4f", evaluator.kappaM()));
  }
}
