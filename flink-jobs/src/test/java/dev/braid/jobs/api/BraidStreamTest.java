package dev.braid.jobs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Learners in a user's own program. */
@Timeout(120)
class BraidStreamTest {
  /** The class path of whoever depends on the artefact: what is optional in its pom is not there. */
  private static URL[] withoutKafka() throws Exception {
    final List<URL> urls = new ArrayList<>();
    for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("kafka")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }

  @Test
  void aProgramOfAUserLearnsWithoutKafka() throws Exception {
    final ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(withoutKafka(), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      assertThrows(
          ClassNotFoundException.class,
          () -> loader.loadClass("org.apache.kafka.clients.consumer.KafkaConsumer"));
      final Object said = loader.loadClass(UserProgram.class.getName()).getMethod("run").invoke(null);
      final String[] words = said.toString().split(" ", 4);
      assertEquals(List.of("999", "true", "true"), Arrays.asList(words).subList(0, 3));
      assertTrue(words[3].contains("the row has no id;"), words[3]);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
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
  }
}
