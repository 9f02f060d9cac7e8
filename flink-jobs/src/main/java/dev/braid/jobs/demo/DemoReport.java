package dev.braid.jobs.demo;

import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.demo.Report.Figure;
import java.util.ArrayList;
import java.util.List;

/** Makes the report of a demo from what was counted. */
final class DemoReport {
  private DemoReport() {}

  static Report of(
      final DemoStream stream,
      final LearnerConfig.Model model,
      final Summary summary,
      final Scoreboard scoreboard,
      final Diary diary) {
    return new Report(
        stream.name(),
        model.preset(),
        model.seed(),
        figures(summary, scoreboard.score()),
        summary.in(),
        scoreboard.score().measure(),
        scoreboard.window(),
        scoreboard.windowTrace(),
        scoreboard.accuracyTrace(),
        stream.drifts(),
        diary.marks(),
        diary.experts(),
        diary.shares(),
        diary.entropy());
  }

  private static List<Figure> figures(final Summary summary, final Score score) {
    final List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of("records in", "%,d", summary.in()));
    figures.add(Figure.of("predictions", "%,d", summary.predictions()));
    figures.add(Figure.of("dead letters", "%,d", summary.deadLetters()));
    figures.addAll(score.figures());
    figures.add(Figure.of("records a second", "%,.0f", summary.rate()));
    return figures;
  }
}
