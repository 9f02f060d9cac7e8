package dev.braid.jobs.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What is remembered of one model. */
final class ModelHistory {
  /** The worst first; those that nothing is known of yet at the end. */
  static final Comparator<ModelHistory> WORST_FIRST =
      Comparator.comparingDouble(ModelHistory::quality);

  private static final int MOST_CHANGES = 300;

  private final String key;
  private final Series metrics;
  private final Series alarms;
  private final Series changes;
  private JsonNode last;

  ModelHistory(final String key, final int most) {
    this.key = key;
    metrics = new Series(most);
    alarms = new Series(Math.min(most, MOST_CHANGES));
    changes = new Series(Math.min(most, MOST_CHANGES));
  }

  String key() {
    return key;
  }

  void metrics(final Item item, final JsonNode record) {
    last = record;
    metrics.add(item);
  }

  /** Alarms are kept apart, so that no number of other changes can push one out. */
  void drift(final Item item, final boolean alarm) {
    (alarm ? alarms : changes).add(item);
  }

  void atMost(final int most) {
    metrics.atMost(most);
    alarms.atMost(Math.min(most, MOST_CHANGES));
    changes.atMost(Math.min(most, MOST_CHANGES));
  }

  void expire(final long oldest) {
    metrics.expire(oldest);
    alarms.expire(oldest);
    changes.expire(oldest);
  }

  /** What came after an item, in the order of arrival. */
  List<Item> after(final long id) {
    return Stream.of(metrics, alarms, changes)
        .flatMap(series -> series.items().stream())
        .filter(item -> item.id() > id)
        .sorted(Comparator.comparingLong(Item::id))
        .toList();
  }

  long bytes() {
    return metrics.bytes() + alarms.bytes() + changes.bytes();
  }

  /** The last metrics record, or null before the first. */
  JsonNode last() {
    return last;
  }

  /** How good the last interval was: the more the better. */
  private double quality() {
    if (last == null) {
      return Double.POSITIVE_INFINITY;
    }
    return last.hasNonNull("window_mae")
        ? -relativeError()
        : last.path("window_accuracy").asDouble(Double.POSITIVE_INFINITY);
  }

  /**
   * The error of the last interval beside the spread of the numbers, which is what models of
   * numbers of different sizes can be compared by.
   */
  private double relativeError() {
    final double error = last.path("window_mae").asDouble();
    final double unpredicted = 1 - last.path("r2").asDouble(Double.NaN);
    final double spread = last.path("rmse").asDouble() / Math.sqrt(unpredicted);
    if (error == 0) {
      return 0;
    }
    return spread > 0 ? error / spread : Double.POSITIVE_INFINITY;
  }
}
