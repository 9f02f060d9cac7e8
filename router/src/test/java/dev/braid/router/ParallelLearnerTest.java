package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Threads change no bit of what a learner says, whatever they share out among them. */
class ParallelLearnerTest {
  private static final LearnerSpec BRAID = LearnerSpec.of("braid", 5);
  private static final int EVENTS = 1_000;

  /** A stream whose concept moves, and whose schema grows by features, values and classes. */
  private static List<String> said(final Learner learner, final int delay) {
    final List<String> said = new ArrayList<>();
    final Deque<Runnable> late = new ArrayDeque<>();
    final SplittableRandom random = new SplittableRandom(3);
    Schema schema = learner.schema();
    final Prediction out = new Prediction();
    for (int i = 0; i < EVENTS; i++) {
      if (i == 300) {
        schema = schema.withFeature(Feature.nominal("late", "a", "b"));
        learner.grow(schema);
      } else if (i == 500) {
        schema = schema.withValue(schema.featureCount() - 1, "c").withClass("third");
        learner.grow(schema);
      }
      final double[] x = new double[schema.featureCount()];
      for (int f = 0; f < x.length; f++) {
        x[f] = f < 4 ? random.nextDouble() * (i % 97 == 5 ? 1e6 : 1) : random.nextInt(2);
      }
      final double target = i > 500 && x[1] > 0.8 ? 2 : x[i < 700 ? 0 : 2] + x[1] > 1 ? 1 : 0;
      if (delay == 0) {
        learner.testThenTrain(x, target, out);
      } else {
        learner.predict(x, out);
        final Prediction then = new Prediction();
        then.setMemberPredictions(out.memberPredictions());
        late.add(() -> learner.learn(padded(x, learner.schema()), target, then));
        if (late.size() > delay) {
          late.remove().run();
        }
      }
      said.add(out + " " + learner.drainPoolEvents() + (i % 50 == 0 ? learner.sizeBytes() : ""));
    }
    return said;
  }

  private static double[] padded(final double[] x, final Schema schema) {
    final double[] longer = java.util.Arrays.copyOf(x, schema.featureCount());
    java.util.Arrays.fill(longer, x.length, longer.length, Double.NaN);
    return longer;
  }

  @TestFactory
  Stream<DynamicTest> saysTheSameOnAnyNumberOfThreads() {
    final Schema schema = Schema.numeric(4, 2);
    return Stream.of(0, 60)
        .flatMap(
            delay -> {
              final Learner alone = Presets.open(BRAID, schema);
              final List<String> expected = said(alone, delay);
              return Stream.of(2, 3, 5)
                  .map(
                      threads ->
                          DynamicTest.dynamicTest(
                              threads + " threads, labels " + delay + " events late",
                              () -> {
                                try (ParallelLearner learner =
                                    Presets.openParallel(BRAID, schema, threads)) {
                                  assertEquals(expected, said(learner, delay));
                                  assertArrayEquals(
                                      LearnerImage.toBytes(alone), LearnerImage.toBytes(learner));
                                }
                              }));
            });
  }

  @Test
  void goesOnAloneOnceItsThreadsAreEnded() {
    final Schema schema = Schema.numeric(2, 2);
    final ParallelLearner learner = Presets.openParallel(BRAID, schema, 3);
    learner.learn(new double[] {1, 2}, 0);
    learner.close();
    learner.close();
    final Learner alone = Presets.open(BRAID, schema);
    alone.learn(new double[] {1, 2}, 0);
    final Prediction expected = new Prediction();
    final Prediction out = new Prediction();
    alone.testThenTrain(new double[] {2, 1}, 1, expected);
    learner.testThenTrain(new double[] {2, 1}, 1, out);
    assertEquals(expected.toString(), out.toString());
  }

  @Test
  void aPresetWhoseExpertsNeedEachOtherIsRefusedWithTheReason() {
    for (final String preset : Presets.names()) {
      if (!preset.equals("braid")) {
        final Exception refused =
            assertThrows(
                IllegalArgumentException.class,
                () -> Presets.openParallel(LearnerSpec.of(preset, 1), Schema.numeric(2, 2), 2));
        assertTrue(
            refused.getMessage().startsWith("preset '" + preset + "' cannot be divided: "),
            refused.getMessage());
      }
    }
  }
}
