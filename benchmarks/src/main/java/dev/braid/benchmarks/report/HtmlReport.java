package dev.braid.benchmarks.report;

import dev.braid.benchmarks.detection.Detection;
import dev.braid.benchmarks.detection.DetectionScore;
import dev.braid.connectors.stream.DriftPoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A benchmark as one page that needs nothing else: no script, no font, no picture from outside. */
final class HtmlReport {
  private final StringBuilder out = new StringBuilder();
  private final ResultTable table;
  private final Map<String, List<DriftPoint>> drifts;

  private HtmlReport(final ResultTable table, final Map<String, List<DriftPoint>> drifts) {
    this.table = table;
    this.drifts = drifts;
  }

  /**
   * @param drifts where each stream is known to change, by its name
   */
  static String of(
      final ResultTable table,
      final Map<String, List<DriftPoint>> drifts,
      final List<Detection> detections,
      final Provenance provenance) {
    return new HtmlReport(table, drifts).write(detections, provenance);
  }

  private String write(final List<Detection> detections, final Provenance provenance) {
    out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>Braid benchmark</title>\n<style>\n")
        .append(style())
        .append("</style></head><body>\n<h1>Braid benchmark</h1>\n<p><code>")
        .append(Text.escape(provenance.command()))
        .append("</code><br>")
        .append(provenance.date())
        .append(", ")
        .append(provenance.cores())
        .append(" cores, Java ")
        .append(Text.escape(provenance.java()))
        .append("</p>\n");
    final Optional<Ranking> ranking = Ranking.of(table);
    section(Figure.ACCURACY.title());
    figure(Figure.ACCURACY, ranking);
    ranking.ifPresent(this::ranks);
    for (final Figure figure : Figure.OTHERS) {
      if (figure.isIn(table)) {
        section(figure.title());
        figure(figure, Optional.empty());
      }
    }
    detections(detections);
    section("Along the streams");
    out.append("<p class=\"note\">Accuracy of each window, mean of the seeds; grey where the")
        .append(" stream is known to change. Beside it: accuracy against speed.</p>\n");
    legend();
    table.streams().forEach(this::stream);
    return out.append("</body></html>\n").toString();
  }

  private void section(final String title) {
    out.append("<h2>").append(title).append("</h2>\n");
  }

  private void figure(final Figure figure, final Optional<Ranking> ranking) {
    head();
    for (final String stream : table.streams()) {
      out.append("<tr><th>").append(Text.escape(stream)).append("</th>");
      for (final String learner : table.learners()) {
        out.append(figure.isBest(table, stream, learner) ? "<td class=\"best\">" : "<td>")
            .append(figure.text(table, stream, learner))
            .append("</td>");
      }
      out.append("</tr>\n");
    }
    ranking.ifPresent(
        r -> {
          out.append("<tr class=\"mean\"><th>mean rank</th>");
          for (final String learner : table.learners()) {
            out.append(String.format(Locale.ROOT, "<td>%.2f</td>", r.meanRanks().get(learner)));
          }
          out.append("</tr>\n");
        });
    out.append("</table></div>\n");
  }

  private void head() {
    out.append("<div class=\"wide\"><table><tr><th></th>");
    for (final String learner : table.learners()) {
      out.append("<th>").append(Text.escape(learner)).append("</th>");
    }
    out.append("</tr>\n");
  }

  private void ranks(final Ranking ranking) {
    out.append(RankDiagram.of(ranking))
        .append("<p class=\"note\">")
        .append(MarkdownReport.sentence(ranking))
        .append(" A bar joins learners that do not.</p>\n");
  }

  private void detections(final List<Detection> detections) {
    if (detections.isEmpty()) {
      return;
    }
    section("Known drifts");
    out.append("<div class=\"wide\"><table><tr><th>stream</th><th>by</th><th>found</th>")
        .append("<th>false alarms</th><th>mean delay</th><th>F1</th></tr>\n");
    for (final Detection detection : detections) {
      final DetectionScore score = detection.score();
      out.append(
          String.format(
              Locale.ROOT,
              "<tr><th>%s</th><td>%s, seed %d</td><td>%d of %d</td><td>%d</td><td>%s</td>"
                  + "<td>%.3f</td></tr>%n",
              Text.escape(detection.stream()),
              Text.escape(detection.watcher()),
              detection.seed(),
              score.found(),
              score.drifts(),
              score.falseAlarms(),
              Text.count(score.meanDelay()),
              score.f1()));
    }
    out.append("</table></div>\n");
  }

  private void legend() {
    out.append("<p class=\"legend\">");
    for (final String learner : table.learners()) {
      out.append("<span><i style=\"background:")
          .append(Plots.colour(table, learner))
          .append("\"></i>")
          .append(Text.escape(learner))
          .append("</span> ");
    }
    out.append("</p>\n");
  }

  private void stream(final String stream) {
    out.append("<h3>")
        .append(Text.escape(stream))
        .append("</h3>\n<div class=\"plots\">")
        .append(Plots.curves(table, stream, drifts.getOrDefault(stream, List.of())))
        .append(Plots.cost(table, stream))
        .append("</div>\n");
  }

  private static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
