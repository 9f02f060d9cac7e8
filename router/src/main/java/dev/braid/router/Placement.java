package dev.braid.router;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which shard has which experts. The costliest group goes first, each to the shard that has least
 * to do by then (longest processing time first: Graham, "Bounds on multiprocessing timing
 * anomalies", SIAM Journal on Applied Mathematics 1969); a group is never cut.
 */
final class Placement {
  private Placement() {}

  private static final class Group {
    final List<Integer> places = new ArrayList<>();
    long cost;
  }

  /**
   * @param cost of each member, in counted operations of an event
   * @param alone what the first shard has to do beside its experts, in the same operations
   * @return places of the members of each shard, in ascending order; none for a shard too many
   */
  static int[][] of(
      final List<Member> members, final long[] cost, final long alone, final int shards) {
    final Map<String, Group> groups = new LinkedHashMap<>();
    for (int m = 0; m < cost.length; m++) {
      final Group group = groups.computeIfAbsent(members.get(m).group(), name -> new Group());
      group.places.add(m);
      group.cost += Math.max(1, cost[m]);
    }
    final List<Group> costliestFirst = new ArrayList<>(groups.values());
    costliestFirst.sort(Comparator.comparingLong((Group group) -> group.cost).reversed());
    final List<List<Integer>> placed = new ArrayList<>();
    for (int s = 0; s < shards; s++) {
      placed.add(new ArrayList<>());
    }
    final long[] load = new long[shards];
    load[0] = alone;
    for (final Group group : costliestFirst) {
      int least = 0;
      for (int s = 1; s < shards; s++) {
        least = load[s] < load[least] ? s : least;
      }
      placed.get(least).addAll(group.places);
      load[least] += group.cost;
    }
    return placed.stream()
        .map(places -> places.stream().mapToInt(Integer::intValue).sorted().toArray())
        .toArray(int[][]::new);
  }

  /** All members in one shard. */
  static int[][] whole(final int members) {
    final int[] all = new int[members];
    Arrays.setAll(all, m -> m);
    return new int[][] {all};
  }
}
