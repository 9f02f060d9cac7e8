package dev.braid.benchmarks.models;

import java.util.Locale;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;

/**
 * What one job was measured to do.
 *
 * @param recordsPerSecond over the second half of the records asked for
 * @param cpuMicros of the whole process per record, over the same span
 * @param ownMicros the part of it that the operator's own threads took
 * @param startSeconds from submission to the first prediction: restoring the state is most of it
 * @param checkpoint the last one, or null
 * @param savepointSeconds to stop with a savepoint
 * @param heapBytes in use after a collection, while the job ran
 * @param savepoint where it lies
 */
record Figures(
    double recordsPerSecond,
    double cpuMicros,
    double ownMicros,
    double startSeconds,
    CompletedCheckpointStats checkpoint,
    double savepointSeconds,
    long heapBytes,
    String savepoint) {

  static final String HEADER =
      "| keys | skew | state | slots | records/s | CPU µs/record | of it own | start s | checkpoint MB | of MB |"
          + " checkpoint s | savepoint s | heap MB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|";

  /** A row of the table under {@link #HEADER}. */
  String row(final Traffic traffic, final String state, final int slots) {
    final String written =
        checkpoint == null
            ? "none | |"
            : String.format(
                Locale.ROOT,
                "%.1f | %.1f | %.1f",
                checkpoint.getCheckpointedSize() / 1e6,
                checkpoint.getStateSize() / 1e6,
                checkpoint.getEndToEndDuration() / 1e3);
    return String.format(
        Locale.ROOT,
        "| %d | %s | %s | %d | %.0f | %.0f | %.0f | %.1f | %s | %.1f | %d |",
        traffic.keys(),
        traffic.skew(),
        state,
        slots,
        recordsPerSecond,
        cpuMicros,
        ownMicros,
        startSeconds,
        written,
        savepointSeconds,
        heapBytes >> 20);
  }
}
