package dev.braid.benchmarks.harness;

import dev.braid.data.InstanceSource;

/** Finds a stream by the name under which it was asked for. */
@FunctionalInterface
public interface StreamOpener {

  /**
   * Opens the stream at its start; the same events every time.
   *
   * @param stream as asked for
   * @param length events to which the drifts of a synthetic stream are scaled
   * @throws IllegalArgumentException if there is no such stream, in a sentence for the user
   */
  InstanceSource open(String stream, long length);
}
