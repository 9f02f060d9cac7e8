package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final Progress progress =
      new Progress(new PrintStream(text, true, StandardCharsets.UTF_8));

  private static Cell cell(final String learner) {
    return new Cell("short", learner, 1, 1_000_000, 0);
  }

  private static CellResult finished(final String learner, final long events) {
    return new CellResult(
        cell(learner),
        events,
        new CellResult.Scores(0.5, 0, 0, 0, 0, List.of()),
        new CellResult.Probabilistic(0, 0, 0),
        new CellResult.Stretches(0, 0, 0),
        new CellResult.Routing(0.5, 1.0, 2.0, Double.NaN, 0.8, 0.9, 1e4),
        1_000,
        List.of(),
        new CellResult.Cost(1, 1, 0, false),
        List.of());
  }

  @Test
  void aStreamThatTurnedOutShorterCountsWithItsOwnLength() {
    progress.begin(2, List.of(List.of(cell("ht")), List.of(cell("nb"))));
    progress.finished(List.of(finished("ht", 9_000)));

    assertTrue(progress.line(4_500, cell("nb"), 0.5).contains("4,500 of 9,000 events"));
  }

  @Test
  void aStreamNotMetYetCountsWithTheEventsAskedFor() {
    progress.begin(1, List.of(List.of(cell("nb"))));

    assertTrue(progress.line(4_500, cell("nb"), 0.5).contains("4,500 of 1,000,000 events"));
  }
}
