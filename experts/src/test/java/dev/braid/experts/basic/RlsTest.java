package dev.braid.experts.basic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.TargetScale;
import dev.braid.experts.moe.expert.FeatureEncoder;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Recursive least squares over many times as many events as they remember. */
class RlsTest {
  private static final Schema SCHEMA =
      Schema.ofQuantity(
          List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "x", "y")));

  private static Rls learned(final int events) {
    final Rls rls = new Rls(SCHEMA, 0.95, true, 128);
    final SplittableRandom random = new SplittableRandom(1);
    for (int t = 0; t < events; t++) {
      final double[] x = {random.nextGaussian(), random.nextGaussian(), random.nextInt(2)};
      rls.learn(x, 3 * x[0] - x[1] + x[2] + random.nextGaussian(), 1);
    }
    return rls;
  }

  /** The covariance as the image has it, row by row. */
  private static double[][] covariance(final Rls rls) {
    final ImageWriter out = new ImageWriter();
    rls.writeChunk(0, out);
    final ImageReader in = new ImageReader(out.toByteArray());
    in.begin(ImageKind.EXPERT, Rls.KIND);
    in.getDouble();
    final InputCrosses crosses = new InputCrosses(in.getBoolean(), in.getInt());
    new TargetScale().read(in);
    crosses.read(in, FeatureEncoder.read(SCHEMA, in).inputs());
    in.getFinite("centre");
    in.getCount("events");
    in.getDouble();
    final double[][] rows = new double[in.getDoubles().length][];
    for (int a = 0; a < rows.length; a++) {
      rows[a] = in.getDoubles();
    }
    in.end();
    return rows;
  }

  /** A difference between its halves would grow by e every 20 events, and spoil it in the end. */
  @Test
  void theCovarianceStaysSymmetricToTheLastBit() {
    final double[][] covariance = covariance(learned(5_000));
    assertTrue(covariance.length > 5, "crossed");
    for (int a = 0; a < covariance.length; a++) {
      for (int b = 0; b < a; b++) {
        assertEquals(covariance[a][b], covariance[b][a], 0.0, a + ", " + b);
      }
    }
  }

  /** The squared error of its weights is about that of as many events as it remembers. */
  @Test
  void itPredictsAsWellLateAsEarly() {
    final Rls rls = learned(5_000);
    final double[] number = new double[1];
    double squares = 0;
    for (int i = 0; i < 100; i++) {
      final double[] x = {Math.sin(i), Math.cos(i), i % 2};
      rls.predict(x, number);
      final double error = number[0] - (3 * x[0] - x[1] + x[2]);
      squares += error * error;
    }
    assertTrue(squares / 100 < 0.5, "mean squared error " + squares / 100);
  }

  /** A number around 3, and a feature that moves by a little every fifty events, as dates do. */
  private static void learnSlowly(final Rls rls, final SplittableRandom random, final int events) {
    for (int t = 0; t < events; t++) {
      final int day = t / 50;
      final double target = 3 + 0.1 * random.nextGaussian();
      rls.learn(new double[] {day, random.nextGaussian(), random.nextInt(2)}, target, 1);
    }
  }

  private static double predicted(final Rls rls, final double... x) {
    final double[] number = new double[1];
    rls.predict(x, number);
    return number[0];
  }

  /** The weight of a feature that hardly moved is not known: its leverage is large. */
  @Test
  void aFeatureThatJumpsSpoilsOnePredictionAtTheMost() {
    for (final double forgetting : new double[] {0.98, 0.999}) {
      for (int seed = 0; seed < 20; seed++) {
        final Rls rls = new Rls(SCHEMA, forgetting, false, 128);
        final SplittableRandom random = new SplittableRandom(seed);
        learnSlowly(rls, random, 2_000);
        for (int t = 0; t < 50; t++) {
          final double[] x = {200, random.nextGaussian(), random.nextInt(2)};
          if (t > 0) {
            assertEquals(3, predicted(rls, x), 0.3, "event " + t + ", seed " + seed);
          }
          rls.learn(x, 3 + 0.1 * random.nextGaussian(), 1);
        }
      }
    }
  }

  @Test
  void anOutlierMovesLittle() {
    final double[] x = {40, 0.5, 1};
    final Rls rls = new Rls(SCHEMA, 0.98, false, 128);
    learnSlowly(rls, new SplittableRandom(1), 2_000);
    rls.learn(x, 1e9, 1);
    assertEquals(3, predicted(rls, x), 0.3);
  }

  /** No error is usual where all were 0. */
  @Test
  void aTargetThatWasConstantIsLearnedOnceItIsNot() {
    final Rls rls = new Rls(SCHEMA, 0.98, false, 128);
    final SplittableRandom random = new SplittableRandom(1);
    for (int t = 0; t < 400; t++) {
      final double[] x = {random.nextDouble(), random.nextDouble(), 0};
      rls.learn(x, t < 100 ? 7 : x[0], 1);
    }
    assertEquals(0.8, predicted(rls, 0.8, 0.3, 0), 0.05);
  }
}
