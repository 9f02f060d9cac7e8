package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.router.Presets;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks into the job jar as the build made it. */
class JobJarIT {
  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(System.getProperty("braid.job.jar"));
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void itsMainClassIsTheJob() throws IOException {
    assertEquals(
        BraidJob.class.getName(), jar.getManifest().getMainAttributes().getValue("Main-Class"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/braid/jobs/cli/BraidJob.class",
        "dev/braid/router/Presets.class",
        "dev/braid/drift/Adwin.class",
        "dev/braid/state/image/ImageWriter.class",
        "org/apache/flink/connector/kafka/source/KafkaSource.class",
        "org/apache/flink/connector/kafka/sink/KafkaSink.class",
        "org/apache/flink/connector/base/source/reader/SourceReaderBase.class",
        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
        "com/fasterxml/jackson/dataformat/yaml/YAMLFactory.class",
        "picocli/CommandLine.class"
      })
  void itHoldsWhatAClusterDoesNotProvide(final String entry) {
    assertTrue(jar.getEntry(entry) != null, entry + " is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/apache/flink/api/",
        "org/apache/flink/runtime/",
        "org/apache/flink/streaming/api/environment/",
        "org/apache/flink/state/rocksdb/",
        "org/rocksdb/",
        "kafka/server/",
        "scala/",
        "moa/",
        "com/yahoo/labs/samoa/",
        "org/apache/log4j/",
        "org/apache/logging/",
        "org/slf4j/",
        "META-INF/resources/webjars/"
      })
  void itHoldsNothingOfWhatAClusterProvidesOrMustNotBePassedOn(final String folder) {
    final List<String> found =
        jar.stream().map(ZipEntry::getName).filter(name -> name.startsWith(folder)).toList();
    assertEquals(List.of(), found);
  }

  /** A class loader of the job jar and the JDK alone, as if a cluster had no MOA. */
  @ParameterizedTest
  @MethodSource("presets")
  void everyPresetOpensAndLearnsWithNothingButTheJobJar(final String preset) throws Exception {
    final URL[] alone = {Path.of(System.getProperty("braid.job.jar")).toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(alone, ClassLoader.getPlatformClassLoader())) {
      final Class<?> schemas = loader.loadClass("dev.braid.data.Schema");
      final Object schema = schemas.getMethod("numeric", int.class, int.class).invoke(null, 2, 2);
      final Class<?> specs = loader.loadClass("dev.braid.router.LearnerSpec");
      final Object spec = specs.getMethod("of", String.class, long.class).invoke(null, preset, 1L);
      final Object learner =
          loader
              .loadClass("dev.braid.router.Presets")
              .getMethod("open", specs, schemas)
              .invoke(null, spec, schema);
      final Method learn =
          loader
              .loadClass("dev.braid.router.Learner")
              .getMethod("learn", double[].class, double.class);
      for (int i = 0; i < 600; i++) {
        learn.invoke(learner, new double[] {i % 7, i % 3}, (double) (i % 2));
      }
    }
  }

  static List<String> presets() {
    return Presets.names();
  }
}
