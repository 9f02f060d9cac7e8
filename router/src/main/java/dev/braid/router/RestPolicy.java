package dev.braid.router;

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

  boolean isBounded() {
    return operations < Double.POSITIVE_INFINITY;
  }
}
