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
    /** It does not learn until it is asked again. */
    RESTED,
    WOKEN
  }

  /** Something happened to an expert of a {@link Pool}, which does one thing for one reason. */
  public static PoolEvent of(final Kind kind, final Member expert) {
    final String reason =
        switch (kind) {
          case REPLACED -> "its drift detector saw its errors rise";
          case RESTED -> "it lost clearly more than the class frequencies do";
          case WOKEN -> "it is on trial again";
          default -> throw new IllegalArgumentException("no expert of a pool is " + kind);
        };
    return new PoolEvent(kind, expert.name(), reason);
  }
}
