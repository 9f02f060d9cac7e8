package dev.braid.jobs.demo;

import java.util.List;
import java.util.Locale;

/**
 * What a report shows. Positions on the stream are counted in events, the first one is 1.
 *
 * @param stream name of the stream, for people
 * @param preset the learner
 * @param seed of the learner and the stream
 * @param figures the run in numbers, shown at the top
 * @param events length of the stream
 * @param measure what is plotted: accuracy, or for numbers R2; called accuracy here
 * @param window events that the windowed accuracy looks back on
 * @param windowAccuracy accuracy over the last {@code window} events, 0 to 1
 * @param accuracy accuracy since the first event, 0 to 1
 * @param trueDrifts where the stream itself changes, as far as that is known
 * @param marks alarms and changes of the pool
 * @param experts names of all experts that ever were in the pool
 * @param shares per interval, the share of its events each expert decided
 * @param entropy mean entropy of the members' weights per interval, 0 to 1
 */
record Report(
    String stream,
    String preset,
    long seed,
    List<Figure> figures,
    long events,
    String measure,
    int window,
    List<Point> windowAccuracy,
    List<Point> accuracy,
    List<TrueDrift> trueDrifts,
    List<Mark> marks,
    List<String> experts,
    List<Share> shares,
    List<Point> entropy) {

  /** One number of the run, as it is to be read. */
  public record Figure(String name, String value) {
    static Figure of(final String name, final String format, final Object value) {
      return new Figure(name, String.format(Locale.ROOT, format, value));
    }
  }

  /** One value on the stream. */
  public record Point(long x, double y) {}

  /** A change of the stream from {@code from} to {@code to}; the same position if abrupt. */
  public record TrueDrift(long from, long to) {}

  /** A drift alarm or a change in the pool, with a detector's or an expert's name. */
  public record Mark(long x, String kind, String subject, String reason) {}

  /** Shares of an interval that ends at {@code x}, in the order of {@link Report#experts()}. */
  public record Share(long x, List<Double> y) {}
}
