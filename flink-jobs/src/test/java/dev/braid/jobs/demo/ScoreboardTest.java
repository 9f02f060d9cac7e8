package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScoreboardTest {
  private static final List<String> CLASSES = List.of("up", "down");

  private final Answers answers = new Answers();
  private final Scoreboard scoreboard = new Scoreboard("s", answers, 2);

  @BeforeEach
  void send() {
    answers.add(0, CLASSES);
    answers.add(1, CLASSES);
    answers.add(1, CLASSES);
  }

  @Test
  void countsWhatIsRight() {
    scoreboard.prediction("s-0", null);
    scoreboard.prediction("s-1", "down");
    scoreboard.prediction("s-2", "up");
    assertEquals(3, scoreboard.predicted());
    assertEquals(1.0 / 3, scoreboard.accuracy());
  }

  @Test
  void aSecondPredictionOfAnEventIsDoubledAndChangesNothing() {
    scoreboard.prediction("s-1", "down");
    scoreboard.prediction("s-1", "up");
    assertEquals(1, scoreboard.doubled());
    assertEquals(1, scoreboard.predicted());
    assertEquals(1, scoreboard.accuracy());
  }

  @Test
  void aPredictionOfAnEventThatWasNeverSentIsForeign() {
    scoreboard.prediction("s-3", "up");
    scoreboard.prediction("t-0", "up");
    scoreboard.prediction("s-01", "up");
    assertEquals(3, scoreboard.foreign());
    assertEquals(0, scoreboard.predicted());
  }
}
