package dev.braid.jobs.api;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Origin;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Makes events or labels of rows, and dead letters of those that are none.
 *
 * @param <T> the rows
 */
final class MapRows<T> extends RichMapFunction<T, Decoded> {
  private static final long serialVersionUID = 1L;

  private final EventMapping<T> events;
  private final LabelMapping<T> labels;
  private transient EventBuilder builder;

  private MapRows(final EventMapping<T> events, final LabelMapping<T> labels) {
    this.events = events;
    this.labels = labels;
  }

  static <T> MapRows<T> toEvents(final EventMapping<T> mapping) {
    return new MapRows<>(mapping, null);
  }

  static <T> MapRows<T> toLabels(final LabelMapping<T> mapping) {
    return new MapRows<>(null, mapping);
  }

  @Override
  public void open(final OpenContext context) {
    builder = new EventBuilder();
  }

  @Override
  public Decoded map(final T row) {
    builder.clear();
    try {
      if (events == null) {
        labels.map(row, builder);
        return builder.labelRecord();
      }
      events.map(row, builder);
      return builder.event();
    } catch (final Exception refused) {
      final String message = refused.getMessage();
      return new DeadLetter(
          Origin.of(String.valueOf(row)), message == null ? refused.toString() : message);
    }
  }
}
