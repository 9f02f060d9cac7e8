package dev.braid.jobs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Learners in a user's own program. */
@Timeout(120)
class BraidStreamTest {
  /**
   * The class path of whoever depends on the artefact: what is optional in its pom is not there.
   */
  private static String withoutKafka() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("kafka"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The example for users, which is not part of the build. */
  private static final Path EXAMPLE =
      Path.of(System.getProperty("basedir", ".")).resolve("../examples/flink-program");

  @Test
  void theExampleOfAUsersProgramLearnsWithoutKafka(@TempDir final Path classes) throws Exception {
    final Path source = EXAMPLE.resolve("src/main/java/example/OrderFraud.java");
    final int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                withoutKafka(),
                "-d",
                classes.toString(),
                source.toString());
    assertEquals(0, compiled);
    final Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                classes + File.pathSeparator + withoutKafka(),
                "example.OrderFraud")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    final String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, program.waitFor(), said);
    final Matcher result =
        Pattern.compile("999 predictions, (\\d+) % right\\R(\\d+) reports on models\\R(.*)")
            .matcher(said.strip());
    assertTrue(result.matches(), said);
    assertTrue(Integer.parseInt(result.group(1)) > 85, said);
    assertTrue(Integer.parseInt(result.group(2)) >= 8, said);
    assertEquals("refused: the row has no id", result.group(3));
  }

  private static String versionIn(final Path pom, final String element) throws IOException {
    final Matcher version =
        Pattern.compile("<" + element + ">([^<]+)<").matcher(Files.readString(pom));
    assertTrue(version.find(), pom + " has no " + element);
    return version.group(1);
  }

  @Test
  void theExamplesPomHasTheVersionsOfThisBuildAndNoKafka() throws IOException {
    final Path example = EXAMPLE.resolve("pom.xml");
    final Path build = EXAMPLE.resolve("../../pom.xml");
    assertEquals(versionIn(build, "version"), versionIn(example, "braid.version"));
    assertEquals(versionIn(build, "flink.version"), versionIn(example, "flink.version"));
    assertFalse(Files.readString(example).contains("kafka"));
  }

  private static Object mapped(final EventMapping<String> mapping) {
    final MapRows<String> rows = MapRows.toEvents(mapping);
    rows.open(null);
    return rows.map("a row");
  }

  private static String reason(final EventMapping<String> mapping) {
    return ((DeadLetter) mapped(mapping)).reason();
  }

  @Test
  void aRowThatIsNoEventIsADeadLetterWithTheReason() {
    assertEquals("the row has no id", reason((row, event) -> event.number("a", 1)));
    assertEquals(
        "feature 'a' is given twice",
        reason((row, event) -> event.id(row).number("a", 1).text("a", "b")));
    assertEquals("a feature has no name", reason((row, event) -> event.id(row).number("", 1)));
    assertEquals(
        "oh",
        reason(
            (row, event) -> {
              throw new IllegalStateException("oh");
            }));
  }

  @Test
  void anEventHasWhatTheMappingSays() {
    final Event event =
        (Event)
            mapped(
                (row, to) ->
                    to.id(row)
                        .key("k")
                        .timestamp(5)
                        .number("a", 1.5)
                        .number("b", Double.POSITIVE_INFINITY)
                        .text("c", "x")
                        .label("yes"));
    assertEquals("a row", event.id());
    assertEquals("k", event.key());
    assertEquals(5, event.timestamp());
    assertEquals(List.of("a", "b", "c"), Arrays.asList(event.names()));
    assertEquals(1.5, event.numbers()[0]);
    assertTrue(Double.isNaN(event.numbers()[1]));
    assertEquals("x", event.texts()[2]);
    assertEquals("yes", event.label());
    assertEquals("2.5", ((Event) mapped((row, to) -> to.id(row).label(2.5))).label());
  }
}
