package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScoreboardTest {
  private static final List<String> CLASSES = List.of("up", "down");

  private final GroundTruth answers = new GroundTruth();
  private final Scoreboard scoreboard = new Scoreboard("s", answers, new ClassScore(answers, 2), 2);

  @BeforeEach
  void send() {
    answers.add(0, CLASSES);
    answers.add(1, CLASSES);
    answers.add(1, CLASSES);
  }

  private void predict(final String id, final String predicted) {
    scoreboard.prediction(
        JsonNodeFactory.instance.objectNode().put("id", id).put("predicted", predicted));
  }

  @Test
  void ofNumbersItKeepsErrorsAndHowManyIntervalsHold() {
    final Score score = new NumberScore(2);
    for (int i = 0; i < 4; i++) {
      final ObjectNode record = JsonNodeFactory.instance.objectNode().put("predicted", 2.0 * i);
      record.putArray("interval").add(i).add(i + 1.5);
      score.add(record, i < 3 ? 2 * i + 1 : 6);
    }
    assertEquals("mae=0.75000 rmse=0.86603 r2=0.7966 coverage=0.2500", score.summary());
    assertEquals(-1, score.windowed(), 1e-9);
    score.add(JsonNodeFactory.instance.objectNode().putNull("predicted"), 3);
    assertEquals(4, score.events());
  }

  @Test
  void countsWhatIsRight() {
    predict("s-0", null);
    predict("s-1", "down");
    predict("s-2", "up");
    assertEquals(3, scoreboard.predicted());
    assertEquals(1.0 / 3, scoreboard.score().overall());
  }

  @Test
  void aSecondPredictionOfAnEventIsDoubledAndChangesNothing() {
    predict("s-1", "down");
    predict("s-1", "up");
    assertEquals(1, scoreboard.doubled());
    assertEquals(1, scoreboard.predicted());
    assertEquals(1, scoreboard.score().overall());
  }

  @Test
  void aPredictionOfAnEventThatWasNeverSentIsForeign() {
    predict("s-3", "up");
    predict("t-0", "up");
    predict("s-01", "up");
    assertEquals(3, scoreboard.foreign());
    assertEquals(0, scoreboard.predicted());
  }
}
