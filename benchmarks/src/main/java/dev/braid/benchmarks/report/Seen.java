package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.report.Study.Subject;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What was seen of a learner beside the one that shows its claim, in words made of the figures by
 * one {@linkplain #RULE rule}.
 */
final class Seen {
  /** How the words are made, for readers. */
  static final String RULE =
      """
      What was seen is made of the figures by one rule. The difference in accuracy to the learner that a
      line is compared with, the first control where the line names no other, is paired by stream and seed.
      A learner **pays** if it is 0.1 points or more above on the mean of the streams and above on seven
      streams of nine or more, and **costs** if it is as much below on as many; within 0.1 points there is
      **no difference**, and all else is **mixed**. Behind that stand the same difference after known drifts
      where it is 0.1 points or more, and, with the other's figure in brackets, load and change where they
      are less than two thirds or more than three halves of the other's, experts where they differ by a
      tenth; operations and bytes are told as shares of the other's where they differ by as much as load.
      """;

  private static final double LEAST_POINTS = 0.1;

  /** Seven of nine. */
  private static final double MOST_STREAMS = 7.0 / 9;

  private static final double CLEARLY = 1.5;
  private static final double EXPERTS_CLEARLY = 1.1;

  private final ResultTable table;
  private final String learner;
  private final String other;

  private Seen(final ResultTable table, final String learner, final String other) {
    this.table = table;
    this.learner = learner;
    this.other = other;
  }

  /** What was seen, or a dash for controls and where nothing ran. */
  private static String words(final ResultTable table, final Subject subject) {
    if (subject.beside().isEmpty()) {
      return "-";
    }
    return new Seen(table, subject.learner(), subject.beside()).words();
  }

  /** The same, and beside whom where that is no control. */
  static String ofLine(final ResultTable table, final Study study, final Subject subject) {
    final String words = words(table, subject);
    final boolean control =
        study.controls().stream().anyMatch(c -> c.learner().equals(subject.beside()));
    return control || words.equals("-") ? words : words + " (beside `" + subject.beside() + "`)";
  }

  /**
   * {@code pays}, {@code costs}, {@code no difference} or {@code mixed}; none where nothing ran.
   */
  static Optional<String> verdict(final ResultTable table, final Subject subject) {
    final String words = words(table, subject);
    return words.equals("-")
        ? Optional.empty()
        : Optional.of(words.substring(0, words.indexOf(':')));
  }

  /** Mean difference in accuracy over the streams, in points; none where nothing ran. */
  static OptionalDouble points(final ResultTable table, final Subject subject) {
    final Seen seen = new Seen(table, subject.learner(), subject.beside());
    return DoubleStream.of(seen.differences(result -> result.scores().accuracy())).average();
  }

  private String words() {
    final double[] points = differences(result -> result.scores().accuracy());
    if (points.length == 0) {
      return "-";
    }
    final double mean = DoubleStream.of(points).average().orElseThrow();
    final long above = DoubleStream.of(points).filter(difference -> difference > 0).count();
    final long below = DoubleStream.of(points).filter(difference -> difference < 0).count();
    final StringBuilder words = new StringBuilder();
    if (Math.abs(mean) < LEAST_POINTS) {
      words.append("no difference: ");
    } else if (mean > 0 && above >= MOST_STREAMS * points.length) {
      words.append("pays: ");
    } else if (mean < 0 && below >= MOST_STREAMS * points.length) {
      words.append("costs: ");
    } else {
      words.append("mixed: ");
    }
    final boolean lower = mean <= -LEAST_POINTS;
    words.append(signed(mean)).append(lower ? ", below on " : ", above on ");
    words.append(lower ? below : above).append(" of ").append(points.length);
    final OptionalDouble drifts =
        DoubleStream.of(differences(result -> result.stretches().afterDrifts())).average();
    if (drifts.isPresent() && Math.abs(drifts.getAsDouble()) >= LEAST_POINTS) {
      words.append("; after drifts ").append(signed(drifts.getAsDouble()));
    }
    beside(words, "load", CLEARLY, "%.2f", result -> result.routing().loadVariation());
    beside(words, "experts", EXPERTS_CLEARLY, "%.2f", result -> result.routing().experts());
    beside(words, "change", CLEARLY, "%.1f %%", result -> 100 * result.routing().changeRate());
    share(words, "operations", result -> result.routing().operations());
    share(words, "bytes", result -> result.cost().modelBytes());
    return words.toString();
  }

  private static String signed(final double points) {
    return String.format(Locale.ROOT, "%+.2f", points);
  }

  /** Of each stream that both ran on, in points, the mean over the seeds that both have. */
  private double[] differences(final ToDoubleFunction<CellResult> measure) {
    return table.streams().stream()
        .mapToDouble(stream -> 100 * difference(stream, measure))
        .filter(difference -> !Double.isNaN(difference))
        .toArray();
  }

  private double difference(final String stream, final ToDoubleFunction<CellResult> measure) {
    return table.seeds(stream, learner).stream()
        .mapToDouble(
            mine ->
                measure.applyAsDouble(mine)
                    - table.seeds(stream, other).stream()
                        .filter(its -> its.cell().seed() == mine.cell().seed())
                        .mapToDouble(measure)
                        .findAny()
                        .orElse(Double.NaN))
        .filter(difference -> !Double.isNaN(difference))
        .average()
        .orElse(Double.NaN);
  }

  /** Mean over the streams on which both have such a figure: of this one and the other. */
  private Optional<double[]> means(final ToDoubleFunction<CellResult> measure) {
    double mine = 0;
    double its = 0;
    int streams = 0;
    for (final String stream : table.streams()) {
      final double here = table.mean(stream, learner, measure);
      final double there = table.mean(stream, other, measure);
      if (!Double.isNaN(here + there)) {
        mine += here;
        its += there;
        streams++;
      }
    }
    return streams == 0
        ? Optional.empty()
        : Optional.of(new double[] {mine / streams, its / streams});
  }

  private static boolean differ(final double[] means, final double clearly) {
    return means[0] * clearly < means[1] || means[0] > clearly * means[1];
  }

  private void beside(
      final StringBuilder words,
      final String what,
      final double clearly,
      final String format,
      final ToDoubleFunction<CellResult> measure) {
    means(measure)
        .filter(means -> differ(means, clearly))
        .ifPresent(
            means ->
                words
                    .append("; ")
                    .append(what)
                    .append(' ')
                    .append(String.format(Locale.ROOT, format, means[0]))
                    .append(" (")
                    .append(String.format(Locale.ROOT, format, means[1]))
                    .append(')'));
  }

  private void share(
      final StringBuilder words, final String what, final ToDoubleFunction<CellResult> measure) {
    means(measure)
        .filter(means -> differ(means, CLEARLY))
        .ifPresent(
            means ->
                words
                    .append("; ")
                    .append(what)
                    .append(String.format(Locale.ROOT, " × %.2f", means[0] / means[1])));
  }
}
