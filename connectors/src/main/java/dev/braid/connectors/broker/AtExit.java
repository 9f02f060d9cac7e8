package dev.braid.connectors.broker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Something to be done if the JVM ends, by a signal for instance, before its owner did it. The
 * owner closes this when it has, so that no JVM gathers what is long gone.
 */
public final class AtExit implements AutoCloseable {
  private static final Set<AtExit> PENDING = ConcurrentHashMap.newKeySet();

  private final Thread hook;

  private AtExit(final Thread hook) {
    this.hook = hook;
  }

  /**
   * @param name of the thread that does it
   * @param action runs beside those of others, in no order: it waits for what it depends on
   */
  public static AtExit run(final String name, final Runnable action) {
    final Thread hook = new Thread(action, name);
    Runtime.getRuntime().addShutdownHook(hook);
    final AtExit pending = new AtExit(hook);
    PENDING.add(pending);
    return pending;
  }

  /** Actions that are not taken back. */
  static int pending() {
    return PENDING.size();
  }

  /** Takes the action back; while the JVM ends, this does nothing. */
  @Override
  public void close() {
    PENDING.remove(this);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (final IllegalStateException ending) {
      // The action runs, or has run.
    }
  }
}
