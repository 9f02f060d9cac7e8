package dev.braid.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.Cell;
import dev.braid.benchmarks.harness.CellResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankingTest {
  /** AUC of four versions of C4.5 on 14 sets: the worked example of Demsar 2006, table 6. */
  private static final double[][] DEMSAR = {
    {0.763, 0.768, 0.771, 0.798},
    {0.599, 0.591, 0.590, 0.569},
    {0.954, 0.971, 0.968, 0.967},
    {0.628, 0.661, 0.654, 0.657},
    {0.882, 0.888, 0.886, 0.898},
    {0.936, 0.931, 0.916, 0.931},
    {0.661, 0.668, 0.609, 0.685},
    {0.583, 0.583, 0.563, 0.625},
    {0.775, 0.838, 0.866, 0.875},
    {1.000, 1.000, 1.000, 1.000},
    {0.940, 0.962, 0.965, 0.962},
    {0.619, 0.666, 0.614, 0.669},
    {0.972, 0.981, 0.9751, 0.975},
    {0.957, 0.978, 0.946, 0.970},
  };

  static CellResult result(final String stream, final String learner, final double accuracy) {
    return new CellResult(
        new Cell(stream, learner, 1, 1_000, 0),
        1_000,
        new CellResult.Scores(
            accuracy, accuracy, accuracy, accuracy, accuracy, List.of(accuracy, accuracy)),
        new CellResult.Probabilistic(0.5, 0.2, 0.1),
        new CellResult.Stretches(accuracy, accuracy, Double.NaN),
        new CellResult.Routing(0.5, 1.0, 2.0, Double.NaN, 0.8, 0.9, 1e4),
        10,
        List.of(accuracy, accuracy),
        new CellResult.Cost(0.5, 1_234, 1e-9, false),
        List.of());
  }

  private static Ranking demsar() {
    final String[] learners = {"C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"};
    final List<CellResult> results = new ArrayList<>();
    for (int set = 0; set < DEMSAR.length; set++) {
      for (int i = 0; i < learners.length; i++) {
        results.add(result("set" + set, learners[i], DEMSAR[set][i]));
      }
    }
    return Ranking.of(new ResultTable(results)).orElseThrow();
  }

  @Test
  void ranksTheWorkedExampleOfThePaper() {
    final Ranking ranking = demsar();
    assertEquals(
        List.of("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"),
        List.copyOf(ranking.meanRanks().keySet()));
    assertEquals(3.143, ranking.meanRanks().get("C4.5"), 0.001);
    assertEquals(2.000, ranking.meanRanks().get("C4.5+m"), 0.001);
    assertEquals(2.893, ranking.meanRanks().get("C4.5+cf"), 0.001);
    assertEquals(1.964, ranking.meanRanks().get("C4.5+m+cf"), 0.001);
  }

  @Test
  void testsTheWorkedExampleOfThePaper() {
    final Ranking ranking = demsar();
    assertEquals(9.28, ranking.friedman(), 0.01);
    assertEquals(1.25, ranking.criticalDifference(), 0.01);
    assertEquals(0.0258, ranking.pValue(), 0.0005);
  }

  @Test
  void equalsShareTheMeanOfTheirRanks() {
    assertArrayEquals(new double[] {2.5, 1, 2.5, 4}, Ranking.ranks(new double[] {3, 5, 3, 1}));
  }

  @Test
  void aStreamThatOneLearnerHasNotRunIsLeftOut() {
    final List<CellResult> results =
        List.of(
            result("a", "x", 0.9),
            result("a", "y", 0.8),
            result("b", "x", 0.9),
            result("b", "y", 0.8),
            result("c", "y", 0.8));
    assertEquals(2, Ranking.of(new ResultTable(results)).orElseThrow().streams());
  }

  @Test
  void oneStreamMakesNoRanking() {
    assertTrue(
        Ranking.of(new ResultTable(List.of(result("a", "x", 1), result("a", "y", 0)))).isEmpty());
  }

  @Test
  void barsJoinTheLargestGroupsWithinTheCriticalDifference() {
    final List<int[]> groups = RankDiagram.groups(new double[] {1, 1.5, 2.4, 4}, 1.0);
    assertEquals(2, groups.size());
    assertArrayEquals(new int[] {0, 1}, groups.get(0));
    assertArrayEquals(new int[] {1, 2}, groups.get(1));
  }
}
