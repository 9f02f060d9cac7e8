package dev.braid.jobs.demo;

import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import dev.braid.data.Target;
import dev.braid.jobs.demo.Report.TrueDrift;
import java.util.List;

/**
 * The stream of one run.
 *
 * @param spec what to open
 * @param seed of what is random in it
 * @param records to send at most, or -1 for all
 */
record DemoStream(StreamSpec spec, long seed, long records) {

  String name() {
    return spec.name();
  }

  InstanceSource open() {
    return spec.open(seed, records);
  }

  /** What is predicted. */
  Target target() {
    try (InstanceSource rows = spec.open(seed, 1)) {
      return rows.schema().target();
    }
  }

  /** Events to come, or -1 where that is not known. */
  long expected() {
    return records > 0 ? records : spec.length();
  }

  List<TrueDrift> drifts() {
    return spec.driftPoints(records).stream()
        .map(
            drift ->
                new TrueDrift(
                    drift.position() - drift.width() / 2, drift.position() + drift.width() / 2))
        .toList();
  }
}
