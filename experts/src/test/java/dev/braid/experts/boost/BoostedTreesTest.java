package dev.braid.experts.boost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.experts.Probabilities;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What boosted trees promise beyond what every expert does. */
class BoostedTreesTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "u", "v", "w")),
          List.of("0", "1", "2"));

  private final SplittableRandom random = new SplittableRandom(5);
  private final double[] x = new double[3];

  /** A class that no feature tells alone; the value w is a class of its own. */
  private int next(final boolean turned) {
    x[0] = random.nextDouble();
    x[1] = random.nextDouble();
    x[2] = random.nextInt(3);
    if (x[2] == 2) {
      return 2;
    }
    return x[0] > 0.5 ^ x[1] > 0.5 ^ turned ? 1 : 0;
  }

  private double accuracy(final Expert expert, final int events, final boolean turned) {
    final double[] p = new double[3];
    int right = 0;
    for (int i = 0; i < events; i++) {
      final int label = next(turned);
      expert.predict(x, p);
      right += Probabilities.argMax(p) == label ? 1 : 0;
      expert.learn(x, label, 1, p);
    }
    return (double) right / events;
  }

  @Test
  void learnsWhatTakesTwoFeaturesTogether() {
    final Expert expert = Experts.open("boosted-trees", SCHEMA, 1);
    accuracy(expert, 1500, false);
    assertTrue(accuracy(expert, 500, false) > 0.95);
  }

  /** As a gain of capital is for most people: two in a hundred have any. */
  @Test
  void tellsRareValuesApartOfAFeatureThatIsZeroForTheMostPart() {
    final Schema schema = new Schema(List.of(Feature.numeric("gain")), List.of("0", "1"));
    final Expert expert = Experts.open("boosted-trees", schema, 1);
    final double[] said = new double[2];
    int rare = 0;
    int right = 0;
    for (int i = 0; i < 20_000; i++) {
      final double gain = random.nextInt(50) == 0 ? 1 + random.nextInt(10) : 0;
      final int label = (int) gain % 2;
      expert.predict(new double[] {gain}, said);
      if (i >= 10_000 && gain > 0) {
        rare++;
        right += Probabilities.argMax(said) == label ? 1 : 0;
      }
      expert.learn(new double[] {gain}, label, 1, said);
    }
    assertTrue(right > 0.95 * rare, right + " of " + rare);
  }

  @Test
  void followsAChangeWhenItsWindowHasTurnedOver() {
    final Expert expert = Experts.open("boosted-trees(window=1000)", SCHEMA, 1);
    accuracy(expert, 2000, false);
    accuracy(expert, 2500, true);
    assertTrue(accuracy(expert, 500, true) > 0.9);
  }

  @Test
  void learnsNumbersThatTakeTwoFeaturesTogether() {
    final Expert expert = Experts.open("boosted-trees", Schema.ofQuantity(SCHEMA.features()), 1);
    final double[] said = new double[1];
    double error = 0;
    for (int i = 0; i < 3000; i++) {
      // 100 to 120 by steps: deviations of it are about 8.
      final double target = 100 + 10 * next(false);
      expert.predict(x, said);
      error += i < 2500 ? 0 : Math.abs(said[0] - target) / 500;
      expert.learn(x, target, 1, said);
    }
    assertTrue(error < 1, "mean absolute error " + error);
  }

  @Test
  void holdsNoMoreThanItsWindowAndItsTrees() {
    final Expert expert = Experts.open("boosted-trees(window=500,trees=20)", SCHEMA, 1);
    accuracy(expert, 2000, false);
    final long bytes = expert.sizeBytes();
    accuracy(expert, 2000, false);
    assertEquals(bytes, expert.sizeBytes());
  }

  @Test
  void looksAtFewerCellsOnceItHasSettledAndAtAllAgainWhenErrorsRise() {
    final Expert expert = Experts.open("boosted-trees(window=500,trees=20)", SCHEMA, 1);
    accuracy(expert, 3000, false);
    final long settled = expert.operations();
    accuracy(expert, 100, true);
    assertEquals(settled + 6000, expert.operations());
    accuracy(expert, 3000, true);
    assertEquals(settled, expert.operations());
  }
}
