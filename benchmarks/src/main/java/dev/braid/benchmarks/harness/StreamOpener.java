package dev.braid.benchmarks.harness;

import dev.braid.connectors.stream.DriftPoint;
import dev.braid.data.InstanceSource;
import java.util.List;

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

  /** Where the stream is known to change; empty where nothing is known. */
  default List<DriftPoint> driftPoints(final String stream, final long length) {
    return List.of();
  }
}
