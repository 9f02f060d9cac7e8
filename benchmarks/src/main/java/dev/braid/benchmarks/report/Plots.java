package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.connectors.stream.DriftPoint;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** The pictures that show one stream. */
final class Plots {
  private static final int WIDTH = 620;
  private static final int HEIGHT = 300;
  private static final int LEFT = 52;
  private static final int RIGHT = 34;
  private static final int TOP = 12;
  private static final int BOTTOM = 40;

  /** Distinct also for most colour-blind readers; taken again from the start beyond them. */
  private static final String[] COLOURS = {
    "#d1495b", "#00798c", "#edae49", "#30638e", "#6a994e", "#8f5db7", "#e07a2f", "#5c6b73",
    "#1b998b", "#b56576", "#3d405b", "#a98467", "#7f9c2a", "#c77dff"
  };

  private Plots() {}

  /** The colour of a learner: the same in every picture. */
  static String colour(final ResultTable table, final String learner) {
    return COLOURS[table.learners().indexOf(learner) % COLOURS.length];
  }

  /** Accuracy of each window along the stream, a mean over the seeds, with the known drifts. */
  static String curves(
      final ResultTable table, final String stream, final List<DriftPoint> drifts) {
    double low = 1;
    double high = 0;
    long events = 1;
    for (final String learner : table.learners()) {
      final List<Double> curve = table.meanCurve(stream, learner);
      for (int i = 0; i < curve.size(); i++) {
        // The first windows of a learner that knows nothing would flatten all the rest.
        low = i < curve.size() / 20 ? low : Math.min(low, curve.get(i));
        high = Math.max(high, curve.get(i));
      }
      for (final CellResult seed : table.seeds(stream, learner)) {
        events = Math.max(events, seed.events());
      }
    }
    final Axis x = new Axis(0, events, LEFT, WIDTH - RIGHT);
    final Axis y = new Axis(Math.min(low, high), high, HEIGHT - BOTTOM, TOP);
    final Svg svg = new Svg("curves", "Accuracy along " + stream, WIDTH, HEIGHT);
    for (final DriftPoint drift : drifts) {
      final double begin = x.at(drift.position() - drift.width() / 2.0);
      svg.area(
          "drift",
          begin,
          TOP,
          Math.max(1.5, x.at(drift.position() + drift.width() / 2.0) - begin),
          HEIGHT - BOTTOM - TOP);
    }
    frame(svg, x, y, Text::count);
    svg.text(WIDTH / 2.0, HEIGHT - 6, "middle", "events");
    for (final String learner : table.learners()) {
      final List<Double> curve = table.meanCurve(stream, learner);
      if (!curve.isEmpty()) {
        final int window = table.seeds(stream, learner).get(0).window();
        final double[][] points = new double[curve.size()][];
        for (int i = 0; i < points.length; i++) {
          points[i] =
              new double[] {x.at((i + 1.0) * window), Math.min(y.start(), y.at(curve.get(i)))};
        }
        svg.path(colour(table, learner), learner, points);
      }
    }
    return svg.end();
  }

  /** Accuracy against events per second of CPU time: the better, the further up and right. */
  static String cost(final ResultTable table, final String stream) {
    double low = 1;
    double high = 0;
    double slow = Double.MAX_VALUE;
    double fast = 0;
    for (final String learner : table.learners()) {
      if (!table.seeds(stream, learner).isEmpty()) {
        low = Math.min(low, accuracy(table, stream, learner));
        high = Math.max(high, accuracy(table, stream, learner));
        slow = Math.min(slow, logSpeed(table, stream, learner));
        fast = Math.max(fast, logSpeed(table, stream, learner));
      }
    }
    final double room = Math.max(0.002, (high - low) / 10);
    final Axis x = new Axis(Math.floor(slow), Math.ceil(fast + 1e-9), LEFT, WIDTH - RIGHT);
    final Axis y = new Axis(low - room, high + room, HEIGHT - BOTTOM, TOP);
    final Svg svg = new Svg("cost", "Accuracy against speed on " + stream, WIDTH, HEIGHT);
    frame(svg, x, y, tick -> Text.count(Math.pow(10, tick)));
    svg.text(WIDTH / 2.0, HEIGHT - 6, "middle", "events per second of CPU time");
    for (final String learner : table.learners()) {
      if (!table.seeds(stream, learner).isEmpty()) {
        final double accuracy = accuracy(table, stream, learner);
        final double speed = logSpeed(table, stream, learner);
        final String name =
            String.format(
                Locale.ROOT,
                "%s: %s %%, %s events per second",
                learner,
                Text.percent(accuracy),
                Text.count(Math.pow(10, speed)));
        final boolean rightHalf = x.at(speed) > WIDTH / 2.0;
        svg.dot(colour(table, learner), name, x.at(speed), y.at(accuracy))
            .text(
                x.at(speed) + (rightHalf ? -8 : 8),
                y.at(accuracy) + 4,
                rightHalf ? "end" : "start",
                learner);
      }
    }
    return svg.end();
  }

  private static double accuracy(
      final ResultTable table, final String stream, final String learner) {
    return table.mean(stream, learner, r -> r.scores().accuracy());
  }

  private static double logSpeed(
      final ResultTable table, final String stream, final String learner) {
    return Math.log10(Math.max(1, table.mean(stream, learner, CellResult::rowsPerSecond)));
  }

  private static void frame(
      final Svg svg, final Axis x, final Axis y, final DoubleFunction<String> label) {
    for (final double tick : y.ticks(5)) {
      svg.line("grid", LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick))
          .text(LEFT - 6, y.at(tick) + 4, "end", String.format(Locale.ROOT, "%.1f %%", 100 * tick));
    }
    for (final double tick : x.ticks(5)) {
      if (tick == Math.rint(tick)) {
        svg.line("grid", x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM)
            .text(x.at(tick), HEIGHT - BOTTOM + 16, "middle", label.apply(tick));
      }
    }
  }
}
