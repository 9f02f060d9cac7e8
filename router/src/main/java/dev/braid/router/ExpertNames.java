package dev.braid.router;

/** Names of numbered experts; those of low numbers are made once for all learners. */
public final class ExpertNames {
  private static final String[] KNOWN = new String[256];

  static {
    for (int number = 0; number < KNOWN.length; number++) {
      KNOWN[number] = "e" + number;
    }
  }

  private ExpertNames() {}

  /** {@code e0}, {@code e1}, ...; names are asked for at every event. */
  public static String of(final int number) {
    return number < KNOWN.length ? KNOWN[number] : "e" + number;
  }
}
