package dev.braid.jobs.operator;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Keys of the shards' states. Those of one model lie at equal distances among the key groups, the
 * first where the model itself does, so that they are spread evenly over the subtasks, however many
 * these are.
 */
final class ShardKeys {
  private ShardKeys() {}

  /**
   * @param maxParallelism key groups of the job
   * @return one key per shard: its number, something that puts it where it belongs, the model's key
   */
  static String[] of(final String model, final int shards, final int maxParallelism) {
    final int first = KeyGroupRangeAssignment.assignToKeyGroup(model, maxParallelism);
    final String[] keys = new String[shards];
    for (int s = 0; s < shards; s++) {
      final int wanted = (int) ((first + (long) s * maxParallelism / shards) % maxParallelism);
      int salt = 0;
      do {
        keys[s] = s + "." + salt++ + ':' + model;
      } while (KeyGroupRangeAssignment.assignToKeyGroup(keys[s], maxParallelism) != wanted);
    }
    return keys;
  }

  static int shard(final String key) {
    return Integer.parseInt(key.substring(0, key.indexOf('.')));
  }

  static String model(final String key) {
    return key.substring(key.indexOf(':') + 1);
  }
}
