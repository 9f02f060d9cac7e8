package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.Expert;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of DriftMoE, seen through the parts that an event changes. */
class DriftMoeTest {
  private static final int ROUTER = 1;
  private static final int FIRST_EXPERT = 2;

  private final Streams stream = new Streams(4);
  private final Prediction prediction = new Prediction();

  private static Learner open(final String preset, final Map<String, String> options) {
    return Presets.open(new LearnerSpec(preset, 1, options), Streams.SCHEMA);
  }

  private void train(final Learner learner, final int events) {
    for (int t = 0; t < events; t++) {
      stream.next();
      learner.learn(stream.x, stream.label);
    }
  }

  private static boolean isDirty(final Part part) {
    for (int b = 0; b < part.chunkCount(); b++) {
      if (part.isDirty(b)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theExpertOfTheLargestWeightPredicts() {
    final Learner learner = open("driftmoe-data", Map.of());
    train(learner, 700);
    final double[] p = new double[3];
    for (int t = 0; t < 100; t++) {
      stream.next();
      learner.predict(stream.x, prediction);
      int best = 0;
      for (int e = 1; e < learner.members().size(); e++) {
        best = prediction.weights()[e] > prediction.weights()[best] ? e : best;
      }
      ((Expert) learner.parts().get(FIRST_EXPERT + best)).predict(stream.x, p);
      assertArrayEquals(p, prediction.probabilities());
    }
  }

  @Test
  void onlyTheExpertsOfTheLargestWeightsLearn() {
    final Learner learner = open("driftmoe-data", Map.of("top-k", "4"));
    train(learner, 300);
    for (int t = 0; t < 50; t++) {
      stream.next();
      learner.predict(stream.x, prediction);
      learner.parts().forEach(Part::markClean);
      learner.learn(stream.x, stream.label);
      final List<Part> parts = learner.parts();
      int learned = 0;
      double leastLearned = 1;
      double mostLeftOut = 0;
      for (int e = 0; e < learner.members().size(); e++) {
        final double weight = prediction.weights()[e];
        if (isDirty(parts.get(FIRST_EXPERT + e))) {
          learned++;
          leastLearned = Math.min(leastLearned, weight);
        } else {
          mostLeftOut = Math.max(mostLeftOut, weight);
        }
      }
      assertEquals(4, learned);
      assertTrue(leastLearned >= mostLeftOut);
    }
  }

  @Test
  void theRouterTakesOneStepPerMiniBatch() {
    final Learner learner = open("driftmoe-data", Map.of("batch", "10"));
    train(learner, 40);
    for (int t = 1; t <= 40; t++) {
      learner.parts().forEach(Part::markClean);
      train(learner, 1);
      assertEquals(t % 10 == 0, isDirty(learner.parts().get(ROUTER)));
    }
  }

  @Test
  void theTaskVariantHasOneTreePerClassAndAllLearn() {
    final Learner learner = open("driftmoe-task", Map.of());
    assertEquals(3, learner.members().size());
    learner.parts().forEach(Part::markClean);
    train(learner, 1);
    learner.parts().forEach(part -> assertTrue(isDirty(part)));
    learner.grow(learner.schema().withClass("higher"));
    assertEquals(4, learner.members().size());
  }

  @Test
  void thePublishedTaskVariantLetsTheRouterAlonePredict() {
    final Learner published = open("driftmoe-task", Map.of("published-code", "true"));
    final Learner described = open("driftmoe-task", Map.of());
    train(published, 500);
    train(described, 500);
    final double[] x = {0.4, 0.9, 0.5, 1};
    published.predict(x, prediction);
    assertArrayEquals(prediction.weights(), prediction.probabilities());
    described.predict(x, prediction);
    assertFalse(Arrays.equals(prediction.weights(), prediction.probabilities()));
  }
}
