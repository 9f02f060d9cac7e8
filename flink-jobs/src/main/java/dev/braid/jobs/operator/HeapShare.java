package dev.braid.jobs.operator;

import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the heap the hot models of one subtask may take: what is configured, but never so
 * much that the working sets of all slots together would fill more than half of it.
 */
final class HeapShare {
  private static final Logger LOG = LoggerFactory.getLogger(HeapShare.class);

  private HeapShare() {}

  /**
   * Bytes of a working set, of what is configured, in the task manager that runs this.
   *
   * @param configured {@code state.working-set}
   */
  static long of(final long configured, final TaskManagerRuntimeInfo taskManager) {
    final int slots = taskManager.getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS);
    final long heap = Runtime.getRuntime().maxMemory();
    final long share = bytes(configured, heap, slots);
    if (share < configured) {
      LOG.warn(
          "state.working-set is {} MB, but a heap of {} MB for {} slot(s) has room for {} MB each:"
              + " taking that. Raise taskmanager.memory.task.heap.size, or lower state.working-set.",
          configured >> 20,
          heap >> 20,
          slots,
          share >> 20);
    }
    return share;
  }

  /**
   * Bytes that one model may take in the task manager that runs this.
   *
   * @param configured {@code limits.model-bytes}
   */
  static long ofModel(final long configured, final TaskManagerRuntimeInfo taskManager) {
    final int slots = taskManager.getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS);
    return ModelBudget.bytes(configured, Runtime.getRuntime().maxMemory(), slots);
  }

  /** The same of numbers. */
  static long bytes(final long configured, final long heap, final int slots) {
    return Math.max(1, Math.min(configured, heap / 2 / slots));
  }
}
