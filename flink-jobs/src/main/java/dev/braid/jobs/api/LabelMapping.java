package dev.braid.jobs.api;

import java.io.Serializable;

/**
 * Says which event a late label belongs to.
 *
 * @param <T> a type of the user's
 */
@FunctionalInterface
public interface LabelMapping<T> extends Serializable {

  /**
   * Fills in a label: its id, its key, its label and, if wanted, its time; features are not asked
   * for. An exception makes the row a dead letter, with its message as the reason.
   *
   * @param row as it came
   * @param label empty; filled anew for each row
   */
  void map(T row, EventBuilder label) throws Exception;
}
