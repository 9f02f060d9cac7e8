package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.report.Study.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The tables of a study in Markdown: a line for each learner, beside the controls. */
public final class StudyReport {
  private final StringBuilder out = new StringBuilder();
  private final Study study;
  private final ResultTable table;

  private StudyReport(final Study study, final List<CellResult> results) {
    this.study = study;
    table = new ResultTable(results);
  }

  /**
   * Writes {@code study.md}.
   *
   * @param folder exists
   * @param results of one length and label delay
   */
  public static void write(
      final Path folder,
      final Study study,
      final List<CellResult> results,
      final Provenance provenance)
      throws IOException {
    Files.writeString(
        folder.resolve("study.md"), new StudyReport(study, results).markdown(provenance));
  }

  private String markdown(final Provenance provenance) {
    out.append("# Study\n\n").append(provenance).append(".\n\n");
    out.append(
        """
        Figures are means over streams and seeds. Differences in accuracy are in points, paired by
        stream and seed; behind ± stands the standard deviation over seeds of the mean over streams.
        Load is the coefficient of variation of the experts' events, entropy that of the gate's
        weights in nats; change, SRP and SCH are per cent, operations counted at the most a learner
        could ask.

        """);
    out.append(Seen.RULE).append('\n');
    final StringBuilder head =
        new StringBuilder("| learner | stands for | accuracy | after drifts |");
    study
        .controls()
        .forEach(control -> head.append(" less ").append(code(control.learner())).append(" |"));
    head.append(" load | entropy | experts | change | SRP | SCH | operations | events/s | bytes |");
    head.append(" claim | seen |\n");
    out.append(head);
    out.append("|---|---|").append("--:|".repeat(11 + study.controls().size()));
    out.append("---|---|\n");
    study.subjects().forEach(this::line);
    study.controls().forEach(this::byStream);
    return out.toString();
  }

  private static String code(final String learner) {
    return "`" + learner + "`";
  }

  private void line(final Subject subject) {
    final String learner = subject.learner();
    out.append("| ").append(code(learner)).append(" | ").append(subject.stands());
    cell(Text.percent(mean(learner, r -> r.scores().accuracy())));
    cell(Text.percent(mean(learner, r -> r.stretches().afterDrifts())));
    for (final Subject control : study.controls()) {
      cell(subject.isControl() ? "-" : difference(learner, control.learner(), table.streams()));
    }
    cell(plain(mean(learner, r -> r.routing().loadVariation())));
    cell(plain(mean(learner, r -> r.routing().entropy())));
    cell(plain(mean(learner, r -> r.routing().experts())));
    cell(Text.percent(mean(learner, r -> r.routing().changeRate())));
    cell(Text.percent(mean(learner, r -> r.routing().bestGroup())));
    cell(Text.percent(mean(learner, r -> r.routing().cacheHits())));
    cell(Text.count(mean(learner, r -> r.routing().operations())));
    cell(Text.count(mean(learner, CellResult::rowsPerSecond)));
    cell(Text.bytes(mean(learner, r -> r.cost().modelBytes())));
    cell(subject.claim());
    cell(Seen.ofLine(table, study, subject));
    out.append(" |\n");
  }

  private void cell(final String text) {
    out.append(" | ").append(text);
  }

  private static String plain(final double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  /** Over the streams on which there is such a figure. */
  private double mean(final String learner, final ToDoubleFunction<CellResult> measure) {
    return table.streams().stream()
        .mapToDouble(stream -> table.mean(stream, learner, measure))
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  /** In points, mean over the streams; the deviation is that over the seeds. */
  private String difference(final String learner, final String from, final List<String> streams) {
    final List<CellResult> first = table.seeds(streams.get(0), learner);
    final double[] ofSeeds =
        first.stream()
            .mapToDouble(result -> difference(learner, from, streams, result.cell().seed()))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    if (ofSeeds.length == 0) {
      return "-";
    }
    final double mean = DoubleStream.of(ofSeeds).average().orElseThrow();
    final String text = String.format(Locale.ROOT, "%+.2f", 100 * mean);
    if (ofSeeds.length < 2) {
      return text;
    }
    final double squares = DoubleStream.of(ofSeeds).map(d -> (d - mean) * (d - mean)).sum();
    final double deviation = Math.sqrt(squares / (ofSeeds.length - 1));
    return text + String.format(Locale.ROOT, " ± %.2f", 100 * deviation);
  }

  private double difference(
      final String learner, final String from, final List<String> streams, final long seed) {
    double sum = 0;
    for (final String stream : streams) {
      sum += accuracy(stream, learner, seed) - accuracy(stream, from, seed);
    }
    return sum / streams.size();
  }

  private double accuracy(final String stream, final String learner, final long seed) {
    return table.seeds(stream, learner).stream()
        .filter(result -> result.cell().seed() == seed)
        .mapToDouble(result -> result.scores().accuracy())
        .findAny()
        .orElse(Double.NaN);
  }

  private void byStream(final Subject control) {
    out.append("\n## Accuracy less that of ").append(code(control.learner()));
    out.append(", points\n\n| learner |");
    table.streams().forEach(stream -> out.append(' ').append(stream).append(" |"));
    out.append("\n|---|").append("--:|".repeat(table.streams().size())).append('\n');
    for (final Subject subject : study.subjects()) {
      if (!subject.learner().equals(control.learner())) {
        out.append("| ").append(code(subject.learner()));
        table
            .streams()
            .forEach(
                stream -> cell(difference(subject.learner(), control.learner(), List.of(stream))));
        out.append(" |\n");
      }
    }
  }
}
