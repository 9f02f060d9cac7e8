package dev.braid.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassFiguresTest {

  @Test
  void confusionMatrixHasARowPerLabelAndAColumnPerPrediction() {
    final ConfusionMatrix matrix = new ConfusionMatrix();
    matrix.add(1, 0);
    matrix.add(1, 0);
    matrix.add(0, 1);
    matrix.add(-1, 1);
    assertEquals(List.of(0L, 2L, 0L, 1L, 0L, 0L, 0L, 0L, 0L), matrix.counts(3));
  }

  @Test
  void classesBeyondTheBoundShareARow() {
    final ConfusionMatrix matrix = new ConfusionMatrix();
    for (int c = 0; c < 1_000; c++) {
      matrix.add(c, 999 - c);
    }
    final List<Long> counts = matrix.counts(1_000);
    assertEquals((ConfusionMatrix.MOST + 1) * (ConfusionMatrix.MOST + 1), counts.size());
    assertEquals(1_000 - 2 * ConfusionMatrix.MOST, counts.get(counts.size() - 1));
  }

  @Test
  void kappaIsThatOfTheEvaluator() {
    final ConfusionMatrix matrix = new ConfusionMatrix();
    final PrequentialEvaluator evaluator = new PrequentialEvaluator();
    final SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      final int label = random.nextInt(5);
      final int prediction = random.nextInt(3) == 0 ? random.nextInt(5) : label;
      matrix.add(prediction, label);
      evaluator.add(prediction, label);
    }
    assertEquals(evaluator.kappa(), matrix.kappa(), 1e-12);
    assertEquals(Double.NaN, new ConfusionMatrix().kappa());
  }

  @Test
  void matrixComesBackAsItWas() {
    final ConfusionMatrix matrix = new ConfusionMatrix();
    for (int i = 0; i < 100; i++) {
      matrix.add(i % 4, i % 7);
    }
    final ImageWriter out = new ImageWriter();
    matrix.write(out);
    final ImageReader in = new ImageReader(out.toByteArray());
    assertEquals(matrix.counts(7), ConfusionMatrix.read(in).counts(7));
  }
}
