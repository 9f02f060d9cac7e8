package dev.braid.experts.boost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found of a whole window at once has the bits of what is found one by one. */
class TwoClassesTest {
  private static final int EVENTS = 700;

  private final SplittableRandom random = new SplittableRandom(3);
  private final BoostLoss loss =
      BoostLoss.of(new Schema(List.of(Feature.numeric("f")), List.of("no", "yes")));
  private final float[] score = new float[2 * EVENTS];
  private final float[] target = new float[EVENTS];
  private final float[] weight = new float[EVENTS];
  private final float[][] part = new float[EVENTS][2];
  private final TwoClasses two = new TwoClasses();

  private void derive(final double farthest) {
    for (int i = 0; i < EVENTS; i++) {
      score[2 * i] = (float) (farthest * (random.nextDouble() - 0.5));
      score[2 * i + 1] = i % 9 == 0 ? score[2 * i] : (float) (farthest * random.nextDouble() / 2);
      target[i] = random.nextInt(2);
      weight[i] = 1 + random.nextInt(3) / 2f;
      loss.derive(score, 2 * i, target[i], part[i], 0);
    }
    two.derive(score, EVENTS, EVENTS);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1, 20, 700, 5000})
  void probabilitiesAreThoseOfTheLoss(final double farthest) {
    derive(farthest);

    for (int i = 0; i < EVENTS; i++) {
      assertArrayEquals(part[i], new float[] {two.first[i], two.second[i]});
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 20, 700})
  void derivativesAndTheirSumsAreThoseOfTheLoss(final double farthest) {
    derive(farthest);
    final int[] leafOf = random.ints(EVENTS, 0, 4).toArray();
    final double[] sums = new double[16];
    final double[] expected = new double[16];
    final float[] length = new float[EVENTS];

    two.addUp(target, weight, EVENTS, loss.bound(), leafOf, sums);
    two.lengths(target, weight, EVENTS, 0.5f, length);

    for (int i = 0; i < EVENTS; i++) {
      float bend = 0;
      for (int c = 0; c < 2; c++) {
        final float slope = loss.slope(part[i][c], c, target[i]);
        expected[4 * leafOf[i] + 2 * c] += weight[i] * slope;
        expected[4 * leafOf[i] + 2 * c + 1] += loss.bend(weight[i] * loss.bound(), part[i][c]);
        bend += loss.bend(1, part[i][c]);
      }
      final float slope = loss.slope(part[i][1], 1, target[i]);
      assertEquals(slope, two.slope(i, target[i]));
      assertEquals(bend, two.bend(i));
      final float s = slope * weight[i];
      final float b = bend * weight[i];
      assertEquals(0.5f + (float) Math.sqrt(s * s + b * b), length[i]);
    }
    assertArrayEquals(expected, sums);
  }
}
