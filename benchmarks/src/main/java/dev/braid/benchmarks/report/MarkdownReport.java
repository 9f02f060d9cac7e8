package dev.braid.benchmarks.report;

import dev.braid.benchmarks.detection.Detection;
import dev.braid.benchmarks.detection.DetectionScore;
import dev.braid.benchmarks.harness.CellResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    figure(Figure.ACCURACY);
    ranking.ifPresent(this::ranks);
    Figure.OTHERS.stream().filter(figure -> figure.isIn(table)).forEach(this::figure);
    detections(detections);
    recall();
    return out.toString();
  }

  private void figure(final Figure figure) {
    heading(figure.title(), table.learners());
    for (final String stream : table.streams()) {
      out.append("| ").append(stream);
      for (final String learner : table.learners()) {
        final String text = figure.text(table, stream, learner);
        out.append(" | ").append(figure.isBest(table, stream, learner) ? "**" + text + "**" : text);
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
