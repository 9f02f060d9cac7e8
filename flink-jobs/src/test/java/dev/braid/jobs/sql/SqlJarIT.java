package dev.braid.jobs.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks into the jar for Flink's lib/ as the build made it. */
class SqlJarIT {
  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(System.getProperty("braid.sql.jar"));
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void flinkFindsTheProviderOfModels() throws IOException {
    final ZipEntry services =
        jar.getEntry("META-INF/services/org.apache.flink.table.factories.Factory");
    assertEquals(
        List.of(BraidModelFactory.class.getName()),
        new String(jar.getInputStream(services).readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/braid/jobs/sql/BraidFunction.class",
        "dev/braid/router/Presets.class",
        "dev/braid/state/image/ImageWriter.class"
      })
  void itHoldsTheFunctionAndItsLearners(final String entry) {
    assertTrue(jar.getEntry(entry) != null, entry + " is missing");
  }

  /** In lib/ its classes are seen by every job: what others have too is under a name of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/apache/flink/",
        "org/apache/kafka/",
        "moa/",
        "com/yahoo/labs/samoa/",
        "com/fasterxml/",
        "org/apache/commons/",
        "org/apache/avro/",
        "com/google/",
        "org/yaml/",
        "org/tukaani/",
        "META-INF/versions/",
        "picocli/"
      })
  void itHoldsNothingThatAClusterOrAnotherJobHas(final String folder) {
    assertEquals(
        List.of(),
        jar.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.startsWith(folder) && name.endsWith(".class"))
            .toList());
  }
}
