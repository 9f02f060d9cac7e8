package dev.braid.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProbabilityEvaluatorTest {
  private static final double EXACT = 1e-12;

  private final ProbabilityEvaluator evaluator = new ProbabilityEvaluator();

  @Test
  void measuresAreThoseOfTheirDefinitions() {
    evaluator.add(new double[] {0.8, 0.2}, 0);
    evaluator.add(new double[] {0.75, 0.25}, 1);
    assertEquals(-(Math.log(0.8) + Math.log(0.25)) / 2, evaluator.logLoss(), EXACT);
    assertEquals((2 * 0.2 * 0.2 + 2 * 0.75 * 0.75) / 2, evaluator.brier(), EXACT);
    // 0.8 lies in the bin from 12/15, 0.75 in the one before.
    assertEquals((1 - 0.8 + 0.75) / 2, evaluator.calibrationError(), EXACT);
  }

  @Test
  void aSureMistakeHasABoundedCost() {
    evaluator.add(new double[] {1, 0}, 1);
    assertEquals(6 * Math.log(10), evaluator.logLoss(), EXACT);
    assertEquals(2, evaluator.brier(), EXACT);
    assertEquals(1, evaluator.calibrationError(), EXACT);
  }

  @Test
  void aClassThatWasNotKnownHadNoProbability() {
    evaluator.add(new double[] {0.5, 0.5}, 2);
    assertEquals(6 * Math.log(10), evaluator.logLoss(), EXACT);
    assertEquals(1.5, evaluator.brier(), EXACT);
  }

  @Test
  void nothingIsKnownBeforeTheFirstEvent() {
    assertEquals(Double.NaN, evaluator.logLoss());
    assertEquals(Double.NaN, evaluator.brier());
    assertEquals(Double.NaN, evaluator.calibrationError());
  }

  @Test
  void comesBackAsItWas() {
    final Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      final double p = random.nextDouble();
      evaluator.add(new double[] {p, 1 - p}, random.nextInt(2));
    }
    final ImageWriter out = new ImageWriter();
    evaluator.write(out);
    final ImageReader in = new ImageReader(out.toByteArray());
    final ProbabilityEvaluator read = ProbabilityEvaluator.read(in);
    in.end();
    assertEquals(evaluator.logLoss(), read.logLoss());
    assertEquals(evaluator.brier(), read.brier());
    assertEquals(evaluator.calibrationError(), read.calibrationError());
  }

  @Test
  void trueProbabilitiesAreCalibratedAndBoldOnesAreNot() {
    final ProbabilityEvaluator bold = new ProbabilityEvaluator();
    final Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      final double p = random.nextDouble();
      final int label = random.nextDouble() < p ? 0 : 1;
      evaluator.add(new double[] {p, 1 - p}, label);
      bold.add(p > 0.5 ? new double[] {1, 0} : new double[] {0, 1}, label);
    }
    assertTrue(evaluator.calibrationError() < 0.02, "" + evaluator.calibrationError());
    assertEquals(0.25, bold.calibrationError(), 0.02);
    assertTrue(evaluator.brier() < bold.brier());
    assertTrue(evaluator.logLoss() < bold.logLoss());
  }
}
