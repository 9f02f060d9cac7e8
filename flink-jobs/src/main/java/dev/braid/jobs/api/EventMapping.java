package dev.braid.jobs.api;

import java.io.Serializable;

/**
 * Says what of a row is the event's id, its key, its features and its label.
 *
 * @param <T> a type of the user's
 */
@FunctionalInterface
public interface EventMapping<T> extends Serializable {

  /**
   * Fills in an event. An exception makes the row a dead letter, with its message as the reason.
   *
   * @param row as it came
   * @param event empty; filled anew for each row
   */
  void map(T row, EventBuilder event) throws Exception;
}
