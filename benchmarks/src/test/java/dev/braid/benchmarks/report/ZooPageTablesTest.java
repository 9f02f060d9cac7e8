package dev.braid.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.report.Study.Subject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The pages of the zoo say what the registries and a study's figures say. */
class ZooPageTablesTest {
  private static final Subject CONTROL =
      new Subject("neural(gate=linear/top-k)", "control", "-", "");
  private static final Subject GOOD = new Subject("neural(expert=kan)", "KAN", "good", "");
  private static final Subject BETTER = new Subject("neural(expert=fff)", "FFF", "better", "");
  private static final Subject BAD = new Subject("neural(expert=film)", "FiLM", "bad", "");
  private static final Study STUDY = new Study(List.of(CONTROL, GOOD, BETTER, BAD));

  private static final List<CellResult> RESULTS =
      List.of(
          RankingTest.result("s", CONTROL.learner(), 0.5),
          RankingTest.result("s", GOOD.learner(), 0.51),
          RankingTest.result("s", BETTER.learner(), 0.52),
          RankingTest.result("s", BAD.learner(), 0.4));

  @Test
  void aFamilysPageHasItsWordsAndTheLinesAboutThem() {
    final Map<String, String> pages = ZooPage.pages(STUDY, RESULTS);
    final String kinds = pages.get("kinds.md");
    assertTrue(kinds.contains("| `kan` | Two layers of splines"), kinds);
    assertTrue(
        kinds.contains(
            "| `neural(expert=kan)` | KAN | good | 51.00 | pays: +1.00, above on 1 of 1 |"),
        kinds);
    assertFalse(pages.get("lives.md").contains("expert=kan"));
  }

  @Test
  void theTableOfTheFamiliesCountsWhatPays() {
    final String page = ZooPage.families(STUDY, RESULTS, "zoo");
    assertTrue(page.contains("| [Kinds of expert](zoo/kinds.md)"), page);
    assertTrue(page.contains(" | 3 | 2 | 1 | 0 | 0 |"), page);
    final int better = page.indexOf("| `neural(expert=fff)`");
    assertTrue(better > 0 && better < page.indexOf("| `neural(expert=kan)`"), page);
    assertTrue(page.indexOf("What costs") < page.indexOf("| `neural(expert=film)`"), page);
  }

  @Test
  void aStudyThatDidNotRunHasNothingSeen() {
    final String page = ZooPage.families(STUDY, List.of(), "zoo");
    assertTrue(page.contains(" | 3 | - | - | - | - |"), page);
    assertFalse(page.contains("###"), page);
    assertEquals(7, ZooPage.pages(STUDY, List.of()).size());
  }
}
