package dev.braid.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.SplittableRandom;
import moa.core.InstanceExample;
import moa.core.Measurement;
import moa.evaluation.BasicClassificationPerformanceEvaluator;
import moa.evaluation.ClassificationPerformanceEvaluator;
import moa.evaluation.WindowClassificationPerformanceEvaluator;
import org.junit.jupiter.api.Test;

class PrequentialEvaluatorTest {
  private static final int CLASSES = 4;
  private static final int WINDOW = 200;

  @Test
  void measuresTheWholeStreamAsMoaDoes() {
    final PrequentialEvaluator ours = new PrequentialEvaluator();
    final BasicClassificationPerformanceEvaluator moa =
        new BasicClassificationPerformanceEvaluator();
    run(
        (prediction, label) -> {
          ours.add(prediction, label);
          moa.addResult(example(label), votes(prediction));
          if (ours.events() > 20) {
            assertEquals(measured(moa, "classifications correct"), ours.accuracy(), 1e-12);
            assertEquals(measured(moa, "Kappa Statistic"), ours.kappa(), 1e-9);
            assertEquals(measured(moa, "Kappa M Statistic"), ours.kappaM(), 1e-9);
            assertEquals(measured(moa, "Kappa Temporal Statistic"), ours.kappaT(), 1e-9);
          }
        });
  }

  @Test
  void measuresTheWindowAsMoaDoes() {
    final WindowAccuracy ours = new WindowAccuracy(WINDOW);
    final WindowClassificationPerformanceEvaluator moa =
        new WindowClassificationPerformanceEvaluator();
    moa.widthOption.setValue(WINDOW);
    final int[] events = {0};
    run(
        (prediction, label) -> {
          ours.add(prediction == label);
          moa.addResult(example(label), votes(prediction));
          // MOA divides by the window's full width from the start.
          if (++events[0] > WINDOW) {
            assertEquals(measured(moa, "classifications correct"), ours.accuracy(), 1e-9);
          }
        });
  }

  @Test
  void recallIsTheShareOfAClassThatWasFound() {
    final PrequentialEvaluator ours = new PrequentialEvaluator();
    ours.add(0, 0);
    ours.add(1, 0);
    ours.add(1, 1);
    assertEquals(0.5, ours.recall(0));
    assertEquals(1.0, ours.recall(1));
    assertEquals(0.0, ours.recall(7));
  }

  @Test
  void noPredictionCountsAsWrong() {
    final PrequentialEvaluator ours = new PrequentialEvaluator();
    ours.add(-1, 0);
    ours.add(0, 0);
    assertEquals(0.5, ours.accuracy());
  }

  @Test
  void aRestoredEvaluatorGoesOnLikeTheOriginal() {
    final PrequentialEvaluator original = new PrequentialEvaluator();
    final PrequentialEvaluator[] restored = new PrequentialEvaluator[1];
    run(
        (prediction, label) -> {
          if (original.events() == 777) {
            final ImageWriter out = new ImageWriter();
            original.write(out);
            restored[0] = PrequentialEvaluator.read(new ImageReader(out.toByteArray()));
          }
          original.add(prediction, label);
          if (restored[0] != null) {
            restored[0].add(prediction, label);
            assertEquals(original.kappaM(), restored[0].kappaM());
            assertEquals(original.kappaT(), restored[0].kappaT());
            assertEquals(original.kappa(), restored[0].kappa());
            assertEquals(original.macroRecall(), restored[0].macroRecall());
          }
        });
    assertEquals(2000, restored[0].events());
  }

  private static double measured(final ClassificationPerformanceEvaluator moa, final String name) {
    for (final Measurement measurement : moa.getPerformanceMeasurements()) {
      if (measurement.getName().equals(name + " (percent)")) {
        return measurement.getValue() / 100;
      }
    }
    throw new AssertionError("MOA does not measure " + name);
  }

  private interface Step {
    void take(int prediction, int label);
  }

  /** A stream whose classes come in runs and which is predicted right in two of three cases. */
  private static void run(final Step step) {
    final SplittableRandom random = new SplittableRandom(1);
    int label = 0;
    for (int t = 0; t < 2000; t++) {
      if (random.nextInt(4) == 0) {
        label = random.nextInt(CLASSES);
      }
      step.take(random.nextInt(3) == 0 ? random.nextInt(CLASSES) : label, label);
    }
  }

  private static final InstancesHeader HEADER = header();

  private static InstancesHeader header() {
    final Attribute label = new Attribute("class", List.of("a", "b", "c", "d"));
    final InstancesHeader header = new InstancesHeader(new Instances("s", List.of(label), 0));
    header.setClassIndex(0);
    return header;
  }

  private static InstanceExample example(final int label) {
    final DenseInstance instance = new DenseInstance(1, new double[] {label});
    instance.setDataset(HEADER);
    return new InstanceExample(instance);
  }

  private static double[] votes(final int prediction) {
    final double[] votes = new double[CLASSES];
    votes[prediction] = 1;
    return votes;
  }
}
