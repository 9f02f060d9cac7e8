package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.MathUtils;

/**
 * Which layer serves a model key. A layer has a number that Flink takes as the key of its state,
 * chosen such that the layers are spread evenly over the subtasks, however many these are.
 */
public final class DenseLayers implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] numbers;

  /**
   * @param layers how many there are, no more than key groups
   * @param maxParallelism key groups of the job
   */
  public DenseLayers(final int layers, final int maxParallelism) {
    numbers = new int[layers];
    int candidate = 0;
    for (int layer = 0; layer < layers; layer++) {
      final int wanted = (int) ((2L * layer + 1) * maxParallelism / (2L * layers));
      while (KeyGroupRangeAssignment.assignToKeyGroup(candidate, maxParallelism) != wanted) {
        candidate++;
      }
      numbers[layer] = candidate++;
    }
  }

  /** Number of the layer that serves an event. */
  public int of(final Event event) {
    return of(event.key());
  }

  /** Number of the layer that serves a label's event. */
  public int of(final LabelRecord label) {
    return of(label.key());
  }

  private int of(final String key) {
    return numbers[Math.floorMod(MathUtils.murmurHash(key.hashCode()), numbers.length)];
  }
}
