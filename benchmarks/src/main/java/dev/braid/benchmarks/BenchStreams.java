package dev.braid.benchmarks;

import dev.braid.benchmarks.harness.StreamOpener;
import dev.braid.connectors.stream.DriftPoint;
import dev.braid.connectors.stream.StreamException;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import java.util.List;

/** Streams by name; the events of a name are the same in every run. */
final class BenchStreams implements StreamOpener {
  /** Of the generators; learners have seeds of their own, and meet the same events. */
  private static final long SEED = 1;

  private final StreamOptions options;

  BenchStreams(final StreamOptions options) {
    this.options = options;
  }

  /** The stream of that name. */
  StreamSpec spec(final String stream) {
    return StreamSpec.parse(stream, options);
  }

  @Override
  public InstanceSource open(final String stream, final long length) {
    return spec(stream).open(SEED, length);
  }

  /** Of a stream whose file is not here none are known; results that are there still have it. */
  @Override
  public List<DriftPoint> driftPoints(final String stream, final long length) {
    final StreamSpec spec;
    try {
      spec = spec(stream);
    } catch (final StreamException absent) {
      return List.of();
    }
    return spec.driftPoints(length);
  }
}
