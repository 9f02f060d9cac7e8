package dev.braid.jobs.cluster;

import java.util.concurrent.TimeUnit;

/** Signals that Java does not send by itself. */
final class Signals {
  private Signals() {}

  static void stop(final long pid) throws Exception {
    send("STOP", pid);
  }

  static void go(final long pid) throws Exception {
    send("CONT", pid);
  }

  private static void send(final String signal, final long pid) throws Exception {
    final Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IllegalStateException("signal " + signal + " did not reach process " + pid);
    }
  }
}
