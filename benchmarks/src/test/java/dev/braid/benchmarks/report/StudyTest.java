package dev.braid.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.CellResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StudyTest {
  @TempDir Path folder;

  private Study study(final String text) throws IOException {
    return Study.read(Files.writeString(folder.resolve("study.txt"), text));
  }

  @Test
  void aLineIsALearnerWithWhatItStandsForAndItsClaim() throws IOException {
    final Study study =
        study(
            "# all of them\n\nnb | control | -\nht(a=1,b=2) | 7, 8 | wins\nht | 7 | - | ht(a=1,b=2)\n");
    assertEquals(List.of("nb", "ht(a=1,b=2)", "ht"), study.learners());
    assertEquals(
        List.of("", "nb", "ht(a=1,b=2)"),
        study.subjects().stream().map(Study.Subject::beside).toList());
    assertEquals(List.of("nb"), study.controls().stream().map(Study.Subject::learner).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nb\n",
        "nb | 1 | a\nnb | 2 | b\n",
        "# nothing\n",
        "a|b|c|d|e\n",
        "nb | 1 | a | ht\n"
      })
  void whatIsNoListOfLearnersIsRefusedInOneSentence(final String text) {
    final String reason =
        assertThrows(IllegalArgumentException.class, () -> study(text)).getMessage();
    assertTrue(reason.contains("study.txt"), reason);
    assertEquals(1, reason.lines().count());
  }

  @Test
  void valuesOfAnOptionMayHaveALineBetweenThem() throws IOException {
    assertEquals(
        List.of("braid(experts=knn(10|20)*2)"),
        study("braid(experts=knn(10|20)*2) | control | -\n").learners());
  }

  @Test
  void theTableComparesEachWithTheControlsByStream() throws IOException {
    final Study study = study("nb | control | -\nht | 7 | splits\n");
    final List<CellResult> results =
        List.of(
            RankingTest.result("s", "nb", 0.5),
            RankingTest.result("s", "ht", 0.625),
            RankingTest.result("t", "nb", 0.5),
            RankingTest.result("t", "ht", 0.5));
    StudyReport.write(folder, study, results, new Provenance("./braid bench", "today", 2, "17"));
    final String page = Files.readString(folder.resolve("study.md"));
    assertTrue(page.contains("| `ht` | 7 | 56.25 | - | +6.25 | 0.50 | 1.00 | 2.00 |"), page);
    assertTrue(page.contains("| splits | mixed: +6.25, above on 1 of 2 |"), page);
    assertTrue(page.contains("| `ht` | +12.50 | +0.00 |"), page);
  }
}
