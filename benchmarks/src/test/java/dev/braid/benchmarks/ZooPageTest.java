package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.harness.ResultsFile;
import dev.braid.benchmarks.report.Study;
import dev.braid.benchmarks.report.ZooPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With {@code -Dbraid.write-docs=true} the pages are written anew instead of compared. */
class ZooPageTest {
  private static final String FOLDER = "zoo";
  private static final Path PAGE = Path.of("..", "docs", "zoo.md");
  private static final Path PAGES = PAGE.resolveSibling(FOLDER);
  private static final String TABLE = "## All parts\n\n";

  private static Study study() throws IOException {
    return Study.read(Path.of("zoo.txt"));
  }

  /** None until they are committed. */
  private static Collection<CellResult> results() {
    return ResultsFile.open(Path.of("results", "zoo", "results.csv")).results();
  }

  private static void assertIs(final String expected, final Path page) throws IOException {
    if (Boolean.getBoolean("braid.write-docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, expected);
    }
    assertEquals(expected, Files.readString(page));
  }

  @Test
  void eachFamilyHasAPageOfItsRegistryAndOfWhatWasSeen() throws IOException {
    for (final Map.Entry<String, String> page : ZooPage.pages(study(), results()).entrySet()) {
      assertIs(page.getValue(), PAGES.resolve(page.getKey()));
    }
  }

  @Test
  void thePageEndsWithTheTableOfTheFamilies() throws IOException {
    final String page = Files.readString(PAGE);
    final int at = page.indexOf(TABLE);
    assertTrue(at > 0, PAGE + " has the heading of the table");
    assertIs(
        page.substring(0, at + TABLE.length()) + ZooPage.families(study(), results(), FOLDER),
        PAGE);
  }
}
