package dev.braid.router;

/**
 * A change in the expert pool.
 *
 * @param kind what happened
 * @param expert name of the expert it happened to
 * @param reason why, in a few words, for people
 */
public record PoolEvent(Kind kind, String expert, String reason) {

  /** What can happen to an expert. */
  public enum Kind {
    OPENED,
    SWITCHED,
    REPLACED,
    MERGED,
    RETIRED,
    /** Its weights are quantised, and it does not learn until it is asked again. */
    RESTED,
    WOKEN
  }

  /** An expert replaced a part of itself. */
  public static PoolEvent replaced(final Member expert) {
    return new PoolEvent(Kind.REPLACED, expert.name(), "its drift detector saw its errors rise");
  }
}
