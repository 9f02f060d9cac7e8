package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's snippet, kept compiling and true. */
class LibrarySnippetTest {

  @Test
  void tenLinesOpenALearnerPredictAndLearn() {
    final Schema schema =
        new Schema(
            List.of(Feature.numeric("temperature"), Feature.nominal("sky", "clear", "cloudy")),
            List.of("dry", "rain"));
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), schema);
    final Prediction prediction = new Prediction();
    for (int day = 0; day < 1000; day++) {
      final double[] x = {15 + day % 10, day % 2};
      learner.predict(x, prediction); // what was known before this event
      learner.learn(x, day % 2); // then its label
    }
    learner.predict(new double[] {20, 1}, prediction);
    assertTrue(prediction.probabilities()[schema.classIndex("rain")] > 0.9);
  }
}
