package dev.braid.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.evaluation.NumberEvaluator;
import dev.braid.jobs.demo.Report.Figure;
import java.util.List;
import java.util.Locale;

/** The share of the numbers' variance that is predicted, and errors. */
final class NumberScore implements Score {
  private final NumberEvaluator all = new NumberEvaluator();

  // The window in a ring: squared errors and numbers, the numbers less the first one.
  private final double[] squares;
  private final double[] numbers;
  private double first = Double.NaN;
  private double squared;
  private double sum;
  private double sumOfSquares;

  NumberScore(final int window) {
    squares = new double[window];
    numbers = new double[window];
  }

  @Override
  public String measure() {
    return "R2, the share of the variance that is predicted";
  }

  @Override
  public void add(final JsonNode record, final double target) {
    final double predicted = record.path("predicted").asDouble(Double.NaN);
    if (Double.isNaN(target) || Double.isNaN(predicted)) {
      return;
    }
    final JsonNode interval = record.path("interval");
    final int slot = (int) (all.events() % squares.length);
    all.add(
        predicted,
        interval.path(0).asDouble(Double.NaN),
        interval.path(1).asDouble(Double.NaN),
        target);
    first = Double.isNaN(first) ? target : first;
    squared -= squares[slot];
    sum -= numbers[slot];
    sumOfSquares -= numbers[slot] * numbers[slot];
    squares[slot] = (predicted - target) * (predicted - target);
    numbers[slot] = target - first;
    squared += squares[slot];
    sum += numbers[slot];
    sumOfSquares += numbers[slot] * numbers[slot];
  }

  @Override
  public long events() {
    return all.events();
  }

  @Override
  public double overall() {
    return Double.isNaN(all.r2()) ? 0 : all.r2();
  }

  @Override
  public double windowed() {
    final long held = Math.min(all.events(), squares.length);
    final double variation = sumOfSquares - sum * sum / Math.max(1, held);
    return variation > 0 ? 1 - squared / variation : 0;
  }

  @Override
  public String summary() {
    return String.format(
        Locale.ROOT,
        "mae=%.5g rmse=%.5g r2=%.4f coverage=%.4f",
        all.mae(),
        all.rmse(),
        all.r2(),
        all.coverage());
  }

  @Override
  public List<Figure> figures() {
    return List.of(
        Figure.of("mean absolute error", "%.5g", all.mae()),
        Figure.of("root mean squared error", "%.5g", all.rmse()),
        Figure.of("R2", "%.4f", all.r2()),
        Figure.of("within the interval", "%.1f %%", 100 * all.coverage()));
  }
}
