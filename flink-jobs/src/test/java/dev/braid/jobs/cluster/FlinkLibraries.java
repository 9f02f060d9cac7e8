package dev.braid.jobs.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The {@code lib} folder of a Flink distribution: of this JVM's class path, what Flink's own
 * artefacts are made of and need, and nothing of the job, of Kafka or of MOA, so that the job jar
 * has to bring all it uses.
 */
final class FlinkLibraries {
  /** Folders of a Maven repository. */
  private static final List<String> GROUPS =
      List.of(
          "/org/apache/flink/",
          "/org/apache/logging/log4j/",
          "/org/slf4j/",
          "/org/snakeyaml/",
          "/com/esotericsoftware/",
          "/org/objenesis/",
          "/org/javassist/",
          "/tools/profiler/",
          "/com/google/code/findbugs/",
          "/com/ververica/",
          "/commons-cli/",
          "/commons-collections/",
          "/commons-io/",
          "/commons-codec/",
          "/org/apache/commons/commons-compress/",
          "/org/apache/commons/commons-lang3/",
          "/org/apache/commons/commons-math3/",
          "/org/apache/commons/commons-text/");

  private static final List<String> NOT_OF_THE_CLUSTER =
      List.of("flink-connector-kafka", "flink-connector-base", "flink-test-utils", "-tests.jar");

  private FlinkLibraries() {}

  /**
   * Links the libraries into a folder.
   *
   * @return the class path
   */
  static String link(final Path folder) throws IOException {
    Files.createDirectories(folder);
    for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (GROUPS.stream().anyMatch(entry::contains)
          && NOT_OF_THE_CLUSTER.stream().noneMatch(entry::contains)) {
        final Path jar = Path.of(entry);
        final Path link = folder.resolve(jar.getFileName());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, jar);
        }
      }
    }
    return folder + "/*";
  }
}
