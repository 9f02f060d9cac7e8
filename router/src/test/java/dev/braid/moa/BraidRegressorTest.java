package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import java.util.List;
import java.util.SplittableRandom;
import moa.classifiers.Classifier;
import moa.classifiers.Regressor;
import moa.options.ClassOption;
import org.junit.jupiter.api.Test;

/** Braid as a regressor of MOA. */
class BraidRegressorTest {
  private final Instances header =
      new Instances("r", List.of(new Attribute("a"), new Attribute("b"), new Attribute("y")), 0);
  private final SplittableRandom random = new SplittableRandom(4);

  private Instance next() {
    header.setClassIndex(2);
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    final Instance instance = new DenseInstance(1, new double[] {a, b, 50 + 10 * a - 20 * b});
    instance.setDataset(header);
    return instance;
  }

  @Test
  void learnsNumbersAndGoesAlongInMoasCopies() throws Exception {
    Classifier braid =
        (Classifier)
            ClassOption.cliStringToObject(
                "meta.BraidRegressor -p braid(experts=rls+last-value+mean)", Regressor.class, null);
    braid.prepareForUse();
    final Instance first = next();
    assertEquals(1, braid.getVotesForInstance(first).length);
    assertEquals(0, braid.getVotesForInstance(first)[0], "nothing is known yet");
    double error = 0;
    for (int i = 0; i < 1000; i++) {
      final Instance event = next();
      final double predicted = braid.getVotesForInstance(event)[0];
      error += i >= 500 ? Math.abs(predicted - event.classValue()) / 500 : 0;
      braid.trainOnInstance(event);
      if (i == 700) {
        braid = braid.copy();
      }
    }
    assertTrue(error < 0.5, "mean absolute error " + error);
  }
}
