package dev.braid.benchmarks.numbers;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The tables of {@code results.md}: a line per stream, a column per learner. */
final class NumberPage {
  private final List<NumberResult> results;
  private final Set<String> streams = new LinkedHashSet<>();
  private final StringBuilder page = new StringBuilder();

  NumberPage(final List<NumberResult> results) {
    this.results = results;
    results.forEach(r -> streams.add(r.row()));
  }

  String write(final String command) {
    page.append("# Numbers\n\n`").append(command).append("`\n");
    ranked("RMSE", NumberResult::rmse);
    ranked("MAE", NumberResult::mae);
    mean("R2", "%.4f", NumberResult::r2);
    mean("Coverage of the intervals", "%.4f", NumberResult::coverage);
    final String span =
        String.format(Locale.ROOT, "coverage over any %,d events, all seeds", WorstCoverage.SPAN);
    table("Least " + span, "%.4f", NumberResult::coverageLow, DoubleStream::min);
    table("Greatest " + span, "%.4f", NumberResult::coverageHigh, DoubleStream::max);
    mean("Mean width of the intervals", "%.4f", NumberResult::width);
    mean("Events per second of CPU time", "%.0f", NumberResult::rowsPerSecond);
    mean("Bytes at the end", "%.0f", r -> (double) r.bytes());
    return page.toString();
  }

  private double[][] mean(
      final String title, final String format, final ToDoubleFunction<NumberResult> figure) {
    return table(title + ", mean of the seeds", format, figure, DoubleStream::average);
  }

  /** A table of errors, and beneath it each learner's mean rank among those that were run. */
  private void ranked(final String title, final ToDoubleFunction<NumberResult> error) {
    final double[][] errors = mean(title, "%.4f", error);
    final double[] ranks = new double[errors[0].length];
    for (int l = 0; l < ranks.length; l++) {
      final int learner = l;
      ranks[l] =
          Arrays.stream(errors)
              .filter(row -> !Double.isNaN(row[learner]))
              .mapToLong(row -> 1 + Arrays.stream(row).filter(e -> e < row[learner]).count())
              .average()
              .orElse(Double.NaN);
    }
    line("mean rank", "%.2f", ranks);
  }

  /** Gives back the figures, shape [streams][learners]; learners without one are left out. */
  private double[][] table(
      final String title,
      final String format,
      final ToDoubleFunction<NumberResult> figure,
      final Function<DoubleStream, OptionalDouble> ofSeeds) {
    final List<String> learners =
        results.stream()
            .filter(r -> !Double.isNaN(figure.applyAsDouble(r)))
            .map(NumberResult::learner)
            .distinct()
            .toList();
    page.append("\n## ").append(title).append("\n\n| stream, events |");
    learners.forEach(learner -> page.append(' ').append(learner).append(" |"));
    page.append("\n|---|").append("--:|".repeat(learners.size())).append('\n');
    final double[][] figures =
        streams.stream()
            .map(stream -> learners.stream().mapToDouble(l -> cell(stream, l, figure, ofSeeds)))
            .map(DoubleStream::toArray)
            .toArray(double[][]::new);
    int row = 0;
    for (final String stream : streams) {
      line(stream, format, figures[row++]);
    }
    return figures;
  }

  private double cell(
      final String stream,
      final String learner,
      final ToDoubleFunction<NumberResult> figure,
      final Function<DoubleStream, OptionalDouble> ofSeeds) {
    final DoubleStream seeds =
        results.stream()
            .filter(r -> r.row().equals(stream) && r.learner().equals(learner))
            .mapToDouble(figure);
    return ofSeeds.apply(seeds).orElse(Double.NaN);
  }

  private void line(final String name, final String format, final double[] figures) {
    page.append("| ").append(name).append(" |");
    for (final double figure : figures) {
      page.append(' ')
          .append(Double.isNaN(figure) ? "-" : String.format(Locale.ROOT, format, figure))
          .append(" |");
    }
    page.append('\n');
  }
}
