package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.benchmarks.report.Study;
import dev.braid.benchmarks.report.ZooPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With {@code -Dbraid.write-docs=true} the tables are written anew instead of compared. */
class ZooPageTest {
  private static final Path PAGE = Path.of("..", "docs", "zoo.md");
  private static final String TABLES = "## All parts\n";

  @Test
  void theTablesOfThePageAreThoseOfTheRegistries() throws IOException {
    final String page = Files.readString(PAGE);
    final int at = page.indexOf(TABLES) + TABLES.length();
    final String tables = ZooPage.tables(Study.read(Path.of("zoo.txt")));
    if (Boolean.getBoolean("braid.write-docs")) {
      Files.writeString(PAGE, page.substring(0, at) + tables);
    }
    assertEquals(page.substring(0, at) + tables, Files.readString(PAGE));
  }
}
