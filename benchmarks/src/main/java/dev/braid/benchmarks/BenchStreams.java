package dev.braid.benchmarks;

import dev.braid.benchmarks.harness.StreamOpener;
import dev.braid.connectors.stream.DriftPoint;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Streams by name; the events of a name are the same in every run. */
final class BenchStreams implements StreamOpener {
  /** Of the generators; learners have seeds of their own, and meet the same events. */
  private static final long SEED = 1;

  private static final Path BESIDE_THE_PROJECT = Path.of("..", "shared", "data");

  private final StreamOptions options;

  /**
   * @param data folder of the real streams, or null for the usual places
   */
  BenchStreams(final Path data) {
    this.options = new StreamOptions(data == null ? usualFolder() : data, null);
  }

  private static Path usualFolder() {
    final String configured = System.getenv("BRAID_DATA");
    if (configured != null && !configured.isBlank()) {
      return Path.of(configured);
    }
    return Files.isDirectory(BESIDE_THE_PROJECT) ? BESIDE_THE_PROJECT : null;
  }

  @Override
  public InstanceSource open(final String stream, final long length) {
    return StreamSpec.parse(stream, options).open(SEED, length);
  }

  /** Where the stream is known to change; empty where nothing is known. */
  List<DriftPoint> driftPoints(final String stream, final long length) {
    return StreamSpec.parse(stream, options).driftPoints(length);
  }
}
