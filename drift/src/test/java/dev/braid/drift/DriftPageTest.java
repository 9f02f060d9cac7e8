package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With {@code -Dbraid.write-docs=true} the tables are written anew instead of compared. */
class DriftPageTest {
  private static final Path PAGE = Path.of("..", "docs", "drift.md");
  private static final String MARK = "<!-- What follows is generated: see DriftPageTest. -->\n";

  @Test
  void thePageListsTheDetectorsThereAre() throws Exception {
    final String page = Files.readString(PAGE);
    final String kept = page.substring(0, page.indexOf(MARK) + MARK.length());
    final String current = kept + "\n## Detectors\n\n" + Detectors.REGISTRY.reference("###");
    if (Boolean.getBoolean("braid.write-docs")) {
      Files.writeString(PAGE, current);
    }
    assertEquals(current, Files.readString(PAGE));
  }
}
