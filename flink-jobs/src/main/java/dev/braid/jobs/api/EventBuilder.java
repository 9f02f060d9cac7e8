package dev.braid.jobs.api;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import java.util.Arrays;

/** Collects what an {@link EventMapping} or {@link LabelMapping} says of one row. */
public final class EventBuilder {
  private static final String[] NONE = {};

  private String id;
  private String key;
  private long timestamp;
  private String label;
  private int count;
  private String[] names = new String[8];
  private double[] numbers = new double[8];
  private String[] texts = new String[8];

  /** Names of the event before: rows of one type mostly have the same. */
  private String[] shared = NONE;

  EventBuilder() {}

  /** Unique per event; without one the row is a dead letter. */
  public EventBuilder id(final String value) {
    id = value;
    return this;
  }

  /** The model that the event belongs to; one model for all where no key is given. */
  public EventBuilder key(final String value) {
    key = value;
    return this;
  }

  /** Milliseconds since the epoch; 0 where none is given. */
  public EventBuilder timestamp(final long millis) {
    timestamp = millis;
    return this;
  }

  /** A numeric feature; NaN and the infinities count as missing. */
  public EventBuilder number(final String name, final double value) {
    return add(name, Double.isFinite(value) ? value : Double.NaN, null);
  }

  /** A nominal feature; null counts as missing. */
  public EventBuilder text(final String name, final String value) {
    return add(name, Double.NaN, value);
  }

  /** The class, or null where it is not known yet. */
  public EventBuilder label(final String value) {
    label = value;
    return this;
  }

  /** The number that is to be predicted, where {@code schema.target} is numeric. */
  public EventBuilder label(final double value) {
    return label(Double.toString(value));
  }

  private EventBuilder add(final String name, final double number, final String text) {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("a feature has no name");
    }
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      numbers = Arrays.copyOf(numbers, 2 * count);
      texts = Arrays.copyOf(texts, 2 * count);
    }
    names[count] = name;
    numbers[count] = number;
    texts[count] = text;
    count++;
    return this;
  }

  void clear() {
    id = null;
    key = null;
    timestamp = 0;
    label = null;
    count = 0;
  }

  /**
   * The event as it was filled in.
   *
   * @throws IllegalArgumentException with one sentence if it is none
   */
  Event event() {
    requireId();
    if (shared.length != count || !Arrays.equals(shared, 0, count, names, 0, count)) {
      shared = Arrays.copyOf(names, count);
      requireDifferentNames();
    }
    return new Event(
        id,
        key == null ? "" : key,
        timestamp,
        shared,
        Arrays.copyOf(numbers, count),
        Arrays.copyOf(texts, count),
        label,
        Origin.of(id));
  }

  /**
   * The late label as it was filled in.
   *
   * @throws IllegalArgumentException with one sentence if it is none
   */
  LabelRecord labelRecord() {
    requireId();
    if (label == null) {
      throw new IllegalArgumentException("the label of id '" + id + "' is null");
    }
    return new LabelRecord(id, key == null ? "" : key, timestamp, label, Origin.of(id));
  }

  private void requireId() {
    if (id == null || id.isEmpty()) {
      throw new IllegalArgumentException("the row has no id");
    }
  }

  private void requireDifferentNames() {
    final String[] sorted = shared.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i].equals(sorted[i - 1])) {
        shared = NONE;
        throw new IllegalArgumentException("feature '" + sorted[i] + "' is given twice");
      }
    }
  }
}
