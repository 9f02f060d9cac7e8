package dev.braid.experts.moe.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Assign;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tells each assignment from the others. */
class AssignsTest {

  private static float[][] random(final int rows, final int columns, final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[][] scores = new float[rows][columns];
    for (final float[] row : scores) {
      for (int e = 0; e < columns; e++) {
        // One expert is better for all.
        row[e] = (float) random.nextDouble() + (e == 0 ? 0.5f : 0);
      }
    }
    return scores;
  }

  private static int most(final int[] load) {
    return Arrays.stream(load).max().orElseThrow();
  }

  @Test
  void nullExpertsTakeThePlacesOfExpertsThatScoreLess() {
    final Assign nulls = new NullTopK(2, 1, 0.01);
    final Rows rows =
        Rows.scored(
            nulls, new float[] {2, 1, -1}, new float[] {2, -1, -2}, new float[] {-1, -2, -3});
    rows.predicted(nulls);
    assertArrayEquals(new int[] {0, 1}, rows.of(0));
    assertArrayEquals(new int[] {0}, rows.of(1));
    assertArrayEquals(new int[] {0}, rows.of(2), "there is one null expert for two places");
    final Assign many = new NullTopK(2, 4, 0.01);
    final Rows same = Rows.scored(many, new float[] {-1, -2, -3}, new float[] {1, -2, -3});
    same.predicted(many);
    assertEquals(0, same.of(0).length);
    assertEquals(1, same.routing.weight(0), 1e-6, "weights are those of the true experts alone");
  }

  @Test
  void aRowGetsMoreExpertsTheLongerTheLayerLearns() {
    final Assign growing = new GrowingTopK(1, 3, 2);
    final Rows rows = Rows.scored(growing, new float[] {2, 1, 0, -1});
    final int[] counts = new int[8];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = rows.predicted(growing).chosen();
      rows.backward(growing);
    }
    assertArrayEquals(new int[] {1, 1, 2, 2, 3, 3, 3, 3}, counts);
  }

  @Test
  void aDenseGateGrowsSparseUntilErrorsRise() {
    final Assign sparse = new DenseToSparse(2, 0.1, 10, 0.5);
    final Rows rows = Rows.scored(sparse, new float[] {1, 0.5f, 0, -0.5f});
    assertEquals(4, rows.predicted(sparse).chosen());
    for (int i = 0; i < 10; i++) {
      rows.backward(sparse);
      rows.predicted(sparse);
    }
    assertEquals(1, rows.routing.chosen());
    rows.alarm = true;
    rows.backward(sparse);
    assertEquals(4, rows.predicted(sparse).chosen());
  }

  @Test
  void gumbelNoiseDrawsExpertsByTheirProbabilityWhileLearningAlone() {
    final Assign gumbel = new Gumbel(2, 1);
    final Rows rows = Rows.scored(gumbel, new float[] {1, 0, 0, 0});
    final int[] first = new int[4];
    for (int i = 0; i < 4000; i++) {
      rows.number = i;
      first[rows.learned(gumbel).expert(0)]++;
      assertEquals(0, rows.predicted(gumbel).expert(0));
    }
    assertEquals(Math.E / (Math.E + 3), first[0] / 4000.0, 0.03);
    assertEquals(1 / (Math.E + 3), first[2] / 4000.0, 0.03);
  }

  @Test
  void midpointWeighsAnUnlikelyDrawByAThirdAndLearnsFromAllOfIt() {
    final Assign midpoint = new Midpoint(1);
    final Rows rows = Rows.scored(midpoint, new float[] {1, 0, 0, 0});
    final double likely = Math.E / (Math.E + 3);
    int best = 0;
    int thirds = 0;
    for (int i = 0; i < 4000; i++) {
      rows.number = i;
      rows.learned(midpoint);
      final int drawn = rows.routing.expert(0);
      final double probability = drawn == 0 ? likely : (1 - likely) / 3;
      best += drawn == 0 ? 1 : 0;
      if (rows.routing.weight(0) < 0.5 * probability) {
        assertTrue(drawn != 0, "the likeliest counts in full");
        assertEquals(probability / 3, rows.routing.weight(0), 1e-6);
        thirds++;
      }
      rows.routing.weightGradient(0, 1);
      final float[] gradient = rows.backward(midpoint);
      assertEquals(probability * (1 - probability), gradient[drawn], 1e-6);
    }
    assertEquals(likely, best / 4000.0, 0.03);
    assertEquals(0.75 * (1 - likely), thirds / 4000.0, 0.03);
  }

  @Test
  void prototypesChooseOneOfEachGroup() {
    final Assign prototypes = new Prototypes(2);
    final Rows rows = Rows.scored(prototypes, new float[] {5, 4, 0, 1}, new float[] {0, 1, 9, 8});
    rows.predicted(prototypes);
    assertArrayEquals(new int[] {0, 3}, rows.of(0));
    assertArrayEquals(new int[] {1, 2}, rows.of(1));
    assertEquals(Math.E / (Math.E + 1), rows.routing.weight(1), 1e-6, "softmax over its group");
  }

  @Test
  void expertsOfAClusterStandInForOneAnotherAndAreDrawnTogether() {
    final Assign clusters = new Clusters(2, 2, 0.9, 0.5);
    final Rows rows = Rows.scored(clusters, random(6, 8, 1));
    final boolean[] asked = new boolean[8];
    for (int i = 0; i < 60; i++) {
      rows.number = i;
      rows.learned(clusters);
      for (int r = 0; r < 6; r++) {
        final int[] of = rows.of(r);
        assertEquals(2, of.length);
        asked[of[0]] = true;
      }
    }
    for (final boolean each : asked) {
      assertTrue(each, "every expert stands in at times");
    }
    final Assign still = new Clusters(2, 2, 0, 0.5);
    final Rows one = Rows.scored(still, new float[] {2, 0, 1, 1});
    one.learned(still);
    one.routing.weightGradient(0, 0);
    one.routing.weightGradient(1, 0);
    final float[] gradient = one.backward(still);
    assertTrue(gradient[0] > 0, "the loss falls as the first of the cluster scores less");
    assertTrue(gradient[1] < 0, "and as the second scores more");
  }

  @Test
  void rowsThatTheGateIsUnsureOfAreLearnedByAll() {
    final Assign broadcast = new Broadcast(2, 0.25);
    final Rows rows =
        Rows.scored(
            broadcast,
            new float[] {9, 0, 0, 0},
            new float[] {0.1f, 0, 0, 0},
            new float[] {0, 9, 0, 0},
            new float[] {0, 0, 9, 0});
    rows.learned(broadcast);
    assertEquals(4, rows.of(1).length);
    assertEquals(4 + 3 * 2, rows.routing.chosen());
    assertEquals(4 * 2, rows.predicted(broadcast).chosen());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noExpertLearnsMoreRowsThanItHasRoomFor(final boolean recycle) {
    final Assign capacity = new Capacity(2, 1, recycle, 0);
    final Rows rows = Rows.scored(capacity, random(16, 4, 2));
    rows.predicted(capacity);
    assertTrue(most(rows.load()) > 8, "without bounds one has more");
    rows.learned(capacity);
    assertTrue(most(rows.load()) <= 8);
    if (recycle) {
      assertTrue(rows.routing.chosen() >= 29, "rows beyond it are learned elsewhere");
    } else {
      assertTrue(rows.routing.chosen() < 29);
    }
    final Assign dropping = new Capacity(2, 8, recycle, 0.5);
    rows.learned(dropping);
    assertTrue(rows.routing.chosen() < 28 && rows.routing.chosen() > 4);
  }

  @Test
  void theStrongestResponseWinsACompetitionAndTheGateLearnsToForesee() {
    final Assign compete = new Compete(2, 4, 1);
    final Rows rows = Rows.scored(compete, new float[] {3, 2, 1, 0});
    rows.answers = e -> new float[] {e, -e};
    rows.number = 2;
    rows.learned(compete);
    assertArrayEquals(new int[] {0, 1}, rows.of(0), "as the gate says");
    rows.number = 3;
    rows.learned(compete);
    assertArrayEquals(new int[] {3, 2}, rows.of(0), "as the responses say");
    final float[] gradient = rows.backward(compete);
    assertTrue(gradient[3] < 0 && gradient[0] > 0, Arrays.toString(gradient));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "sinkhorn"})
  void allExpertsLearnAsManyRowsAndAnswerNearlyAsMany(final String name) {
    final Assign assign = name.equals("base") ? new Base() : new Sinkhorn(1, 0.05);
    final Rows rows = Rows.scored(assign, random(40, 4, 3));
    rows.predicted(assign);
    assertTrue(most(rows.load()) > 20, "scores alone are uneven");
    for (int i = 0; i < 100; i++) {
      rows.score(random(40, 4, 100 + i));
      rows.learned(assign);
      assertEquals(40, rows.routing.chosen());
      assertTrue(most(rows.load()) <= (name.equals("base") ? 10 : 16), "" + most(rows.load()));
    }
    final Rows fresh = Rows.scored(assign, random(400, 4, 4));
    System.arraycopy(rows.routing.memory, 0, fresh.routing.memory, 0, 8);
    fresh.predicted(assign);
    assertTrue(most(fresh.load()) < 140, Arrays.toString(fresh.load()));
  }

  @Test
  void sparseTransportBoundsTheRowsOfAnExpertAndGivesAllAsMuch() {
    final Assign sparse = new SparseTransport(1.5, 0.2);
    final Rows rows = Rows.scored(sparse, random(40, 4, 3));
    for (int i = 0; i < 100; i++) {
      rows.score(random(40, 4, 100 + i));
      rows.learned(sparse);
      assertTrue(most(rows.load()) <= 15, Arrays.toString(rows.load()));
    }
    final Rows fresh = Rows.scored(sparse, random(400, 4, 4));
    System.arraycopy(rows.routing.memory, 0, fresh.routing.memory, 0, 8);
    fresh.predicted(sparse);
    final int[] load = fresh.load();
    final int least = Arrays.stream(load).min().orElseThrow();
    assertTrue(most(load) < 1.4 * least, Arrays.toString(load));
    assertTrue(most(load) < 200, "an expert answers few rows: " + Arrays.toString(load));
  }
}
