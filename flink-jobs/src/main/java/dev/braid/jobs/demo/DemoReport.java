package dev.braid.jobs.demo;

import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.demo.Report.Figure;
import java.util.List;
import java.util.Locale;

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
        List.of(
            figure("records in", "%,d", summary.in()),
            figure("predictions", "%,d", summary.predictions()),
            figure("dead letters", "%,d", summary.deadLetters()),
            figure("accuracy", "%.2f %%", 100 * summary.accuracy()),
            figure("kappa M", "%.4f", summary.kappaM()),
            figure("records a second", "%,.0f", summary.rate())),
        summary.in(),
        scoreboard.window(),
        scoreboard.windowTrace(),
        scoreboard.accuracyTrace(),
        stream.drifts(),
        diary.marks(),
        diary.experts(),
        diary.shares(),
        diary.entropy());
  }

  private static Figure figure(final String name, final String format, final Object value) {
    return new Figure(name, String.format(Locale.ROOT, format, value));
  }
}
