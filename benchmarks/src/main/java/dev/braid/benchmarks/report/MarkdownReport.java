package dev.braid.benchmarks.report;

import dev.braid.benchmarks.detection.Detection;
import dev.braid.benchmarks.detection.DetectionScore;
import dev.braid.benchmarks.harness.CellResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The tables of a benchmark in Markdown. */
final class MarkdownReport {
  private final StringBuilder out = new StringBuilder();
  private final ResultTable table;

  private MarkdownReport(final ResultTable table) {
    this.table = table;
  }

  static String of(
      final ResultTable table, final List<Detection> detections, final Provenance provenance) {
    return new MarkdownReport(table).write(detections, provenance);
  }

  private String write(final List<Detection> detections, final Provenance provenance) {
    final Optional<Ranking> ranking = Ranking.of(table);
    out.append("# Benchmark\n\n").append(provenance).append(".\n");
    scores("Accuracy, per cent", r -> r.scores().accuracy());
    ranking.ifPresent(this::ranks);
    scores("Kappa M, per cent", r -> r.scores().kappaM());
    scores("Kappa T, per cent", r -> r.scores().kappaT());
    costs("Events per second of learner CPU time", CellResult::rowsPerSecond, Text::count);
    costs("Size at the end", r -> r.cost().modelBytes(), Text::bytes);
    costs("RAM-hours (GiB times hours of CPU)", r -> r.cost().ramHours(), Text::scientific);
    detections(detections);
    recall();
    return out.toString();
  }

  private void scores(final String title, final ToDoubleFunction<CellResult> measure) {
    rows(
        title,
        (stream, learner) -> {
          final double mean = table.mean(stream, learner, measure);
          final String text = Text.percent(mean, table.deviation(stream, learner, measure));
          return mean == table.best(stream, measure) ? "**" + text + "**" : text;
        });
  }

  private void costs(
      final String title,
      final ToDoubleFunction<CellResult> measure,
      final Function<Double, String> format) {
    rows(title, (stream, learner) -> format.apply(table.mean(stream, learner, measure)));
  }

  private void rows(final String title, final BiFunction<String, String, String> cell) {
    heading(title, table.learners());
    for (final String stream : table.streams()) {
      out.append("| ").append(stream);
      for (final String learner : table.learners()) {
        out.append(" | ").append(cell.apply(stream, learner));
      }
      out.append(" |\n");
    }
  }

  private void heading(final String title, final List<String> columns) {
    out.append("\n## ").append(title).append("\n\n| |");
    columns.forEach(column -> out.append(' ').append(column).append(" |"));
    out.append("\n|---|").append("--:|".repeat(columns.size())).append('\n');
  }

  private void ranks(final Ranking ranking) {
    out.append("| *mean rank*");
    for (final String learner : table.learners()) {
      out.append(String.format(Locale.ROOT, " | %.2f", ranking.meanRanks().get(learner)));
    }
    out.append(" |\n\n").append(sentence(ranking)).append('\n');
  }

  /** What the tests say, for people. */
  static String sentence(final Ranking ranking) {
    return String.format(
        Locale.ROOT,
        "Friedman test over %d streams: chi-squared %.2f, p = %.2g. Two mean ranks differ at the"
            + " level 0.05 when they lie more than %.2f apart (Nemenyi).",
        ranking.streams(),
        ranking.friedman(),
        ranking.pValue(),
        ranking.criticalDifference());
  }

  private void detections(final List<Detection> detections) {
    if (detections.isEmpty()) {
      return;
    }
    heading("Known drifts", List.of("by", "found", "false alarms", "mean delay", "F1"));
    for (final Detection detection : detections) {
      final DetectionScore score = detection.score();
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %s, seed %d | %d of %d | %d | %s | %.3f |%n",
              detection.stream(),
              detection.watcher(),
              detection.seed(),
              score.found(),
              score.drifts(),
              score.falseAlarms(),
              Text.count(score.meanDelay()),
              score.f1()));
    }
  }

  private void recall() {
    out.append("\n## Recall per class, per cent, mean of the seeds\n\n");
    for (final String stream : table.streams()) {
      for (final String learner : table.learners()) {
        final List<CellResult> seeds = table.seeds(stream, learner);
        if (!seeds.isEmpty()) {
          out.append("- ").append(stream).append(", ").append(learner).append(':');
          final int classes = seeds.get(0).scores().recall().size();
          for (int c = 0; c < classes; c++) {
            final int label = c;
            out.append(' ')
                .append(
                    Text.percent(table.mean(stream, learner, r -> r.scores().recall().get(label))));
          }
          out.append('\n');
        }
      }
    }
  }
}
