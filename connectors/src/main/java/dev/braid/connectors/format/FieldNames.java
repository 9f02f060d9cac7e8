package dev.braid.connectors.format;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the fields of events, labels and predictions are called.
 *
 * @param id unique per event
 * @param key the model the event belongs to
 * @param timestamp milliseconds since the epoch
 * @param features the object that holds the features; JSON only
 * @param label class name
 */
public record FieldNames(String id, String key, String timestamp, String features, String label)
    implements Serializable {

  /** {@code id}, {@code key}, {@code ts}, {@code features} and {@code label}. */
  public static final FieldNames DEFAULT = new FieldNames("id", "key", "ts", "features", "label");

  /**
   * @throws IllegalArgumentException if a name is empty or used twice
   */
  public FieldNames {
    final Set<String> seen = new HashSet<>();
    for (final String name : List.of(id, key, timestamp, features, label)) {
      if (name.isEmpty() || !seen.add(name)) {
        throw new IllegalArgumentException(
            "field names must differ and none may be empty, but '" + name + "' breaks that");
      }
    }
  }
}
