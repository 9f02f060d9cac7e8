package dev.braid.jobs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With {@code -Dbraid.write-docs=true} the page is written anew instead of compared. */
class ConfigPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void theReferencePageIsUpToDate() throws Exception {
    if (Boolean.getBoolean("braid.write-docs")) {
      Files.writeString(PAGE, ConfigPage.markdown());
    }
    assertEquals(ConfigPage.markdown(), Files.readString(PAGE));
  }
}
