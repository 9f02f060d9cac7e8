package dev.braid.jobs.topology;

import dev.braid.jobs.config.JobConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Makes the kept savepoints anew; not run by the build. Until the first release that is done
 * whenever a format changes; from there on they stay, and load.
 *
 * <pre>
 * mvn -pl flink-jobs -am test -Dtest=MakeKeptSavepoint -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class MakeKeptSavepoint {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"driftmoe-data", "braid", KeptSavepoint.NUMBERS})
  void makesOne(final String name) throws Exception {
    final Path target = KeptSavepoint.folder().resolve(name);
    try (Rig rig = Rig.start(folder)) {
      final JobConfig config = KeptSavepoint.config(rig, name);
      KeptSavepoint.send(rig, config);
      final JobClient job = rig.run(config, null);
      rig.await(config.kafka().predictionsTopic(), KeptSavepoint.EVENTS);
      // The labels are read by then too, or soon: what waits says so.
      while (rig.gauges(job).getOrDefault("pending", 0).longValue()
          != KeptSavepoint.EVENTS / 4 - KeptSavepoint.LATE_LABELS) {
        Thread.sleep(200);
      }
      copy(Path.of(java.net.URI.create(rig.stop(job))), target);
    }
    System.out.println(String.format(Locale.ROOT, "savepoint of %s: %s", name, target));
  }

  private static void copy(final Path from, final Path to) throws Exception {
    Files.createDirectories(to);
    try (Stream<Path> old = Files.list(to)) {
      for (final Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (final Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }
}
