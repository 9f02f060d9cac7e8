package dev.braid.benchmarks.gpu;

import java.util.Locale;

/** Says of each goal whether it was met, in a line for machines. */
final class Goals {
  private Goals() {}

  /** A goal that is met where so much or more was measured. */
  static void atLeast(final String goal, final double wanted, final double measured) {
    say(goal, measured >= wanted, ">=", wanted, measured);
  }

  /** A goal that is met where so much or less was measured. */
  static void atMost(final String goal, final double wanted, final double measured) {
    say(goal, measured <= wanted, "<=", wanted, measured);
  }

  private static void say(
      final String goal,
      final boolean met,
      final String relation,
      final double wanted,
      final double measured) {
    System.out.printf(
        Locale.ROOT,
        "%nverdict: goal=%s result=%s measured=%.4g wanted%s%.4g missed_by=%.3g%n",
        goal,
        met ? "met" : "missed",
        measured,
        relation,
        wanted,
        met ? 0 : Math.abs(measured - wanted));
    System.out.flush();
  }
}
