package dev.braid.jobs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  @Test
  void aProgramOfAUserLearnsWithoutKafka() throws Exception {
    final Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                withoutKafka(),
                UserProgram.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    final String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, program.waitFor(), said);
    assertTrue(said.contains("learned: 999 true true the row has no id;"), said);
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
