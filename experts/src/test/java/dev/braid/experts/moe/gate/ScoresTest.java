package dev.braid.experts.moe.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Score;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What tells each score from the others. */
class ScoresTest {
  private static final float[][] CORNERS = {{3, 0}, {0, 3}, {3.1f, 0.1f}, {0.1f, 3.1f}};

  private static Rows rows(final float[][] x, final int columns) {
    return new Rows(x, columns, columns, 0);
  }

  private static float[][] random(final int rows, final int inputs, final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[][] x = new float[rows][inputs];
    for (final float[] row : x) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) (2 * random.nextDouble() - 1);
      }
    }
    return x;
  }

  @Test
  void anActivationBoundsScoresAndALearnedFactorScalesThem() {
    final Score sigmoid = new ActivatedScore(ActivatedScore.Activation.SIGMOID);
    final Rows rows = rows(new float[][] {{1e4f}, {-1e4f}}, 2);
    final Rows.Numbers numbers = rows.numbers(sigmoid);
    numbers.theta[0] = 1;
    assertEquals(1, rows.scores(sigmoid, numbers)[0], 1e-6);
    assertEquals(0, rows.scores(sigmoid, numbers)[2], 1e-6);
    numbers.theta[numbers.at("factor")] = (float) Math.log(3);
    assertEquals(3, rows.scores(sigmoid, numbers)[0], 1e-5);
  }

  @Test
  void fixedKeysNeverMoveAndDoNotSeeTheLengthOfARow() {
    final Score keys = new FixedKeys();
    final Rows rows = rows(new float[][] {{1, 2, 3}, {2, 4, 6}, {-1, -2, -3}}, 3);
    final Rows.Numbers numbers = rows.numbers(keys);
    assertEquals(1, numbers.theta.length, "there is nothing to learn but a factor");
    final float[] scores = rows.scores(keys, numbers);
    assertEquals(scores[0], scores[3], 1e-5);
    assertEquals(scores[1], -scores[7], 1e-5);
    assertNotEquals(scores[0], scores[1]);
  }

  @Test
  void clustersAreFoundWithoutAGradientAndFollowTheStream() {
    final Score means = new KMeansScore(4);
    final Rows rows = rows(CORNERS, 2);
    final Rows.Numbers numbers = rows.numbers(means);
    for (int i = 0; i < 10; i++) {
      rows.learn(means, numbers);
    }
    rows.scores(means, numbers);
    assertNotEquals(rows.largest(0), rows.largest(1));
    assertEquals(rows.largest(0), rows.largest(2));
    final float before = numbers.memory[0];
    for (int i = 0; i < rows.x.length; i++) {
      rows.x[i] += 1;
    }
    for (int i = 0; i < 20; i++) {
      rows.learn(means, numbers);
    }
    assertEquals(before + 1, numbers.memory[0], 0.1);
  }

  @Test
  void rowsGoToTheExpertThatLearnedRowsLikeThem() {
    final Score centroid = new CentroidScore(0.2, 10);
    final Rows rows = rows(CORNERS, 3);
    final Rows.Numbers numbers = rows.numbers(centroid);
    rows.routing.add(0, 2, 1);
    rows.routing.add(1, 1, 1);
    centroid.backward(rows, numbers, new float[12], null);
    rows.scores(centroid, numbers);
    assertEquals(2, rows.largest(2));
    assertEquals(1, rows.largest(3));
    assertEquals(0, rows.routing.score[0], "expert 0 has learned nothing");
  }

  @Test
  void anExpertThatIsAddedNeedsItsRowsMeanAlone() {
    final Score nexus = new NexusScore(2, 10);
    final Rows rows = rows(CORNERS, 3);
    final Rows.Numbers numbers = rows.numbers(nexus);
    for (int i = 0; i < numbers.theta.length; i++) {
      numbers.theta[i] = 0.3f * (i % 3) - 0.2f;
    }
    rows.routing.add(0, 0, 1);
    rows.routing.add(1, 1, 1);
    nexus.backward(rows, numbers, new float[12], null);
    assertEquals(0, rows.scores(nexus, numbers)[2], 1e-9, "a mean of no rows");
    System.arraycopy(numbers.memory, 2, numbers.memory, 4, 2);
    final float[] scores = rows.scores(nexus, numbers);
    assertEquals(scores[1], scores[2], 1e-6, "as that of the expert whose rows it has");
    assertNotEquals(scores[0], scores[1]);
  }

  @Test
  void aDistilledRouterIsFrozenUntilErrorsRise() {
    final Score stable = new StableScore(200);
    final Rows rows = rows(CORNERS, 2);
    final Rows.Numbers numbers = rows.numbers(stable);
    numbers.theta[0] = 1;
    numbers.theta[3] = 1;
    for (int i = 0; i < 200; i++) {
      rows.learn(stable, numbers);
    }
    final float[] frozen = rows.scores(stable, numbers).clone();
    assertEquals(0, rows.largest(0));
    assertEquals(1, rows.largest(1));
    final float[] gradient = new float[8];
    Arrays.fill(gradient, 1);
    rows.learn(stable, numbers, gradient);
    assertArrayEquals(new float[6], numbers.gradient);
    numbers.theta[0] = -5;
    assertArrayEquals(frozen, rows.scores(stable, numbers).clone());
    rows.alarm = true;
    rows.learn(stable, numbers);
    assertEquals(-15, rows.scores(stable, numbers)[0]);
  }

  @Test
  void anExpertsKeyIsTheMeanOfItsInputWeights() {
    final Score keys = new KeyScore();
    final Rows rows = rows(new float[][] {{1, 2}}, 2);
    rows.answers = e -> e == 0 ? new float[] {1, 2, 3, 4} : new float[] {0, 0, 0, 2};
    final float[] scores = rows.scores(keys, rows.numbers(keys));
    assertEquals(1 * 2 + 2 * 3, scores[0], 1e-6);
    assertEquals(2, scores[1], 1e-6);
  }

  @Test
  void aTaskHasAnExpertOfItsOwn() {
    final Score task = new TaskScore(1, 3);
    final float[][] x = {{9, 1, 0, 0}, {9, 0, 1, 0}, {9, 0, 0, 1}, {9, 0, 0, 0}};
    final Rows rows = rows(x, 2);
    rows.scores(task, rows.numbers(task));
    assertEquals(0, rows.largest(0));
    assertEquals(1, rows.largest(1));
    assertEquals(0, rows.largest(2), "three tasks share two experts");
    assertEquals(0, rows.largest(3), "no task is as the first");
  }

  @Test
  void aRowTeachesTheTableOfItsPlaceAlone() {
    final Score located = new LocatedScore(0, 3);
    final Rows rows = rows(new float[][] {{0, 1, 0}, {0, 1, 0}}, 2);
    final Rows.Numbers numbers = rows.numbers(located);
    rows.learn(located, numbers, new float[] {1, 2, 3, 4});
    assertArrayEquals(new float[] {0, 0, 4, 6, 0, 0}, numbers.gradient);
  }

  @Test
  void bucketsAreDealtOutEvenlyAndStayWhereTheyAre() {
    final Score hash = new HashScore(6);
    final Rows rows = rows(random(400, 5, 1), 4);
    final Rows.Numbers numbers = rows.numbers(hash);
    rows.learn(hash, numbers);
    rows.scores(hash, numbers);
    final int[] load = new int[4];
    final int[] named = new int[400];
    for (int r = 0; r < 400; r++) {
      named[r] = rows.largest(r);
      load[named[r]]++;
    }
    assertTrue(Arrays.stream(load).max().orElseThrow() < 160, Arrays.toString(load));
    rows.learn(hash, numbers);
    rows.scores(hash, numbers);
    for (int r = 0; r < 400; r++) {
      assertEquals(named[r], rows.largest(r));
    }
  }

  @Test
  void rowsOfARareKindSeeOneExpert() {
    final Score mask = new MaskScore(2, 0.5);
    final float[][] x = random(200, 2, 2);
    // One row points where no other does.
    for (int r = 1; r < 200; r++) {
      x[r] = new float[] {1 + 0.01f * x[r][0], 1 + 0.01f * x[r][1]};
    }
    x[0] = new float[] {-1, -1};
    final Rows rows = rows(x, 4);
    final Rows.Numbers numbers = rows.numbers(mask);
    rows.learn(mask, numbers);
    final float[] scores = rows.scores(mask, numbers);
    int masked = 0;
    for (int e = 0; e < 4; e++) {
      masked += scores[e] < -20 ? 1 : 0;
      assertEquals(0, scores[4 + e]);
    }
    assertEquals(3, masked);
  }

  @Test
  void chanceNamesOtherExpertsInEveryStepAndTheSameWithinOne() {
    final Score random = new RandomScore();
    final Rows rows = rows(new float[][] {{1, 2}, {1, 2}, {2, 1}}, 4);
    final Rows.Numbers numbers = rows.numbers(random);
    final int[] load = new int[4];
    for (int i = 0; i < 400; i++) {
      rows.number = i;
      rows.scores(random, numbers);
      assertEquals(rows.largest(0), rows.largest(1));
      load[rows.largest(0)]++;
    }
    for (final int each : load) {
      assertEquals(100, each, 35);
    }
    assertFalse(Arrays.equals(new int[4], load));
  }

  @Test
  void anExpertWhoseScoreVariesWithTheUnitsLeftOutScoresLess() {
    final Score uncertain = new UncertainScore(2, 64, 0.5);
    final Rows rows = rows(new float[][] {{1}}, 2);
    final Rows.Numbers numbers = rows.numbers(uncertain);
    // Both units are 1; expert 0 has its 2 from these, expert 1 from its bias.
    final float[] theta = numbers.theta;
    theta[0] = 1;
    theta[1] = 1;
    theta[numbers.at("w2")] = 1;
    theta[numbers.at("w2") + 1] = 1;
    theta[numbers.at("b2") + 1] = 2;
    final float[] scores = rows.scores(uncertain, numbers);
    assertEquals(2, scores[1], 1e-2);
    assertEquals(2 / (1 + Math.sqrt(2)), scores[0], 0.3);
  }

  @Test
  void aFarRowReachesOneLeafAndExpertsSwapLeavesWhereThatHelps() {
    final Score tree = new TreeScore(1, 1);
    final Rows rows = rows(new float[][] {{5}, {-5}, {0}}, 2);
    final Rows.Numbers numbers = rows.numbers(tree);
    numbers.theta[0] = 1;
    final float[] scores = rows.scores(tree, numbers);
    assertEquals(0, scores[0], 0.02);
    assertEquals(Math.log(0.01), scores[1], 1e-4, "it is not reached at all");
    assertEquals(Math.log(0.01), scores[2], 1e-4);
    assertEquals(Math.log(0.51), scores[4], 1e-4);
    final float[] swap = {1, -1, -1, 1, 0, 0};
    for (int i = 0; i < 40 && numbers.memory[0] == 0; i++) {
      rows.learn(tree, numbers, swap);
    }
    assertEquals(0, rows.scores(tree, numbers)[1], 0.02, "expert 1 is under the left leaf now");
  }

  @Test
  void anExpertRatesItselfByTheLengthOfItsProjectionWhichLearnsFromThat() {
    final Score norm = new NormScore();
    final Rows rows = rows(new float[][] {{1, 0}}, 2);
    rows.answers = e -> e == 0 ? new float[] {3, 9, 4, 9} : new float[] {1, 9, 0, 9};
    final Rows.Numbers numbers = rows.numbers(norm);
    assertEquals(0, numbers.theta.length, "there is no gate");
    final float[] scores = rows.scores(norm, numbers);
    assertEquals(5, scores[0], 1e-4);
    assertEquals(1, scores[1], 1e-4);
    norm.backward(rows, numbers, new float[] {10, 0}, null);
    assertArrayEquals(new float[] {6, 0, 8, 0}, Arrays.copyOf(rows.expertGradient, 4), 1e-3f);
  }

  @Test
  void aTaskHasTheExpertsOfItsSkillsAlikeAndNoOther() {
    final Score skills = new SkillScore(0, "0.2-1-1.2.3");
    final Rows rows = rows(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 4);
    rows.scores(skills, rows.numbers(skills));
    rows.predicted(new TopP(0.9));
    assertArrayEquals(new int[] {0, 2}, rows.of(0));
    assertArrayEquals(new int[] {1}, rows.of(1));
    assertArrayEquals(new int[] {1, 2, 3}, rows.of(2));
  }

  @Test
  void theGateIsTheLeastSquaresFitOfTheClusters() {
    final Score fit = new LeastSquaresScore(100, 4);
    final Rows rows = rows(CORNERS, 2);
    rows.remember(CORNERS, 0, 0, 0, 0);
    final Rows.Numbers numbers = rows.numbers(fit);
    for (int i = 0; i < 30; i++) {
      rows.learn(fit, numbers);
    }
    // Two clusters of two rows each: the fit is 1 for those of one's own and 0 for the others.
    final float[] scores = rows.scores(fit, numbers);
    for (int r = 0; r < 4; r++) {
      final int own = rows.largest(r);
      assertEquals(own, rows.largest(r % 2));
      assertEquals(5, scores[2 * r + own], 0.3);
      assertEquals(0, scores[2 * r + 1 - own], 0.3);
    }
    assertNotEquals(rows.largest(0), rows.largest(1));
  }

  @Test
  void attentionWeighsWhatIsSaidOfTheRowsLearnedLast() {
    final Score history = new HistoryScore(2, 1);
    final Rows rows = rows(new float[][] {{1, 0}}, 2);
    rows.remember(new float[][] {{5, 0}, {-5, 0}}, 0, 1);
    final Rows.Numbers numbers = rows.numbers(history);
    // Expert 0 is for histories of class 0, expert 1 for those of class 1.
    numbers.theta[numbers.at("c")] = 1;
    numbers.theta[numbers.at("c") + 16 + 1] = 1;
    final float[] even = rows.scores(history, numbers).clone();
    assertEquals(even[0], even[1], 1e-6);
    numbers.theta[numbers.at("query")] = 1;
    numbers.theta[numbers.at("key")] = 1;
    final float[] scores = rows.scores(history, numbers);
    assertEquals(1, scores[0], 1e-3, "it attends to the row that is like it");
    assertEquals(0, scores[1], 1e-3);
  }

  @Test
  void aRowThatOthersAttendToKeepsMoreScores() {
    final Score importance = new ImportanceScore(4, 4);
    final Rows rows = rows(new float[][] {{9, 9}, {-9, -9}}, 4);
    rows.remember(new float[][] {{2, 1}, {1, 2}, {1, 1}, {2, 2}}, 0, 0, 0, 0);
    rows.scores(importance, rows.numbers(importance));
    rows.predicted(new TopP(0.999));
    assertEquals(4, rows.of(0).length);
    assertEquals(1, rows.of(1).length);
  }

  @Test
  void splinesBendAScoreAndARowsScoresAreNormalised() {
    final Score grkan = new GrkanScore(1, 6);
    final Rows rows = rows(new float[][] {{-2}, {0}, {2}}, 2);
    final Rows.Numbers numbers = rows.numbers(grkan);
    // The first layer is a hump around 0 that the second hands on to expert 0 alone.
    numbers.theta[numbers.at("c1") + 4] = 3;
    numbers.theta[numbers.at("w2")] = 3;
    numbers.theta[numbers.at("value")] = 3;
    final float[] scores = rows.scores(grkan, numbers);
    assertEquals(1, scores[2], 0.01);
    assertEquals(-1, scores[3], 0.01);
    assertEquals(0, scores[0], 1e-3, "no expert stands out there");
    assertEquals(0, scores[4], 1e-3);
  }
}
