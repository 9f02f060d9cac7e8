package dev.braid.benchmarks.entries;

/** A way into Braid. */
interface EntryPoint {

  /** Predicts and learns so many events. */
  void run(int events) throws Exception;
}
