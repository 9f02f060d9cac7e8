package dev.braid.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.benchmarks.harness.Cell;
import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.report.Study.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was seen of a learner, in words that its figures alone decide. */
class SeenTest {
  private static final Subject OTHER = new Subject("other", "control", "-", "");
  private static final Subject LINE = new Subject("line", "7", "wins", "other");
  private static final Study STUDY = new Study(List.of(OTHER, LINE));

  private final List<CellResult> results = new ArrayList<>();

  /** A run of the control, and one of the line that is so many points above it. */
  private void run(final int stream, final double points) {
    run(stream, 1, 0.7, points, 0.5);
  }

  private void run(
      final int stream,
      final long seed,
      final double base,
      final double points,
      final double load) {
    results.add(result("s" + stream, "other", seed, base, 0.5));
    results.add(result("s" + stream, "line", seed, base + points / 100, load));
  }

  private static CellResult result(
      final String stream,
      final String learner,
      final long seed,
      final double accuracy,
      final double load) {
    final CellResult some = RankingTest.result(stream, learner, accuracy);
    final CellResult.Routing routing =
        new CellResult.Routing(load, 1.0, 2.0, Double.NaN, 0.8, 0.9, 1e4);
    return new CellResult(
        new Cell(stream, learner, seed, 1_000, 0),
        1_000,
        some.scores(),
        some.probabilities(),
        new CellResult.Stretches(accuracy, accuracy, accuracy),
        routing,
        some.window(),
        some.curve(),
        some.cost(),
        List.of());
  }

  private String words() {
    return Seen.ofLine(new ResultTable(results), STUDY, LINE);
  }

  @Test
  void whatIsAboveOnSevenOfNineStreamsPays() {
    for (int stream = 0; stream < 9; stream++) {
      run(stream, stream < 7 ? 0.5 : -0.1);
    }
    assertEquals("pays: +0.37, above on 7 of 9; after drifts +0.37", words());
    assertEquals(Optional.of("pays"), Seen.verdict(new ResultTable(results), LINE));
  }

  @Test
  void whatIsAboveOnSixOfNineIsMixed() {
    for (int stream = 0; stream < 9; stream++) {
      run(stream, stream < 6 ? 0.6 : -0.1);
    }
    assertEquals("mixed: +0.37, above on 6 of 9; after drifts +0.37", words());
  }

  @Test
  void whatIsBelowCosts() {
    for (int stream = 0; stream < 9; stream++) {
      run(stream, -1);
    }
    assertEquals("costs: -1.00, below on 9 of 9; after drifts -1.00", words());
  }

  @Test
  void withinATenthOfAPointThereIsNoDifference() {
    for (int stream = 0; stream < 9; stream++) {
      run(stream, 0.09);
    }
    assertEquals("no difference: +0.09, above on 9 of 9", words());
  }

  @Test
  void seedsAreComparedInPairs() {
    run(0, 1, 0.6, 1, 0.5);
    run(0, 2, 0.9, 3, 0.5);
    results.add(result("s0", "line", 3, 0.1, 0.5));
    assertEquals("pays: +2.00, above on 1 of 1; after drifts +2.00", words());
  }

  @Test
  void aLoadThatIsClearlyMoreEvenIsTold() {
    run(0, 1, 0.7, 0, 0.04);
    assertEquals("no difference: +0.00, above on 0 of 1; load 0.04 (0.50)", words());
  }

  @Test
  void nothingIsSeenOfWhatDidNotRunOrIsAControl() {
    assertEquals("-", words());
    run(0, 1);
    assertEquals("-", Seen.ofLine(new ResultTable(results), STUDY, OTHER));
  }

  @Test
  void whoIsNoControlIsNamed() {
    run(0, 1);
    final Subject other = new Subject("other", "8", "-", "");
    final String words =
        Seen.ofLine(new ResultTable(results), new Study(List.of(other, LINE)), LINE);
    assertEquals("pays: +1.00, above on 1 of 1; after drifts +1.00 (beside `other`)", words);
  }
}
