package dev.braid.router;

import java.util.List;
import java.util.Set;

/**
 * Which experts of a pool may rest, and what they may cost.
 *
 * @param kinds of those that may
 * @param operations of an event, on the mean, that each of them may take at most; infinity where
 *     they are not bounded
 */
public record RestPolicy(Set<String> kinds, double operations) {
  /** Nobody rests. */
  public static final RestPolicy NONE = new RestPolicy(Set.of(), Double.POSITIVE_INFINITY);

  public RestPolicy {
    kinds = Set.copyOf(kinds);
  }

  /**
   * Of a pool in which experts of some kinds may rest; nobody does where there is nobody else,
   * since somebody has to predict.
   *
   * @param experts as {@link Pool#open} reads them
   * @param models names of the models outside, perhaps none
   * @param budget operations of an event, on the mean, that all that may rest take at most
   */
  public static RestPolicy of(
      final String experts,
      final List<String> models,
      final Set<String> kinds,
      final double budget) {
    final List<PoolPlan.Planned> planned = PoolPlan.of(experts, models).experts();
    int resting = 0;
    for (final PoolPlan.Planned expert : planned) {
      resting += kinds.contains(expert.kind().name()) ? 1 : 0;
    }
    return resting == 0 || resting == planned.size() + models.size()
        ? NONE
        : new RestPolicy(kinds, budget / resting);
  }

  boolean isBounded() {
    return operations < Double.POSITIVE_INFINITY;
  }
}
