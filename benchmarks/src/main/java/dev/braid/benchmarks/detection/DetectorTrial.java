package dev.braid.benchmarks.detection;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.basic.NaiveBayes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;

/**
 * One detector over one stream: it watches the errors of a naive Bayes classifier, which starts
 * anew at each alarm, as a detector is used in practice.
 */
public final class DetectorTrial {
  private DetectorTrial() {}

  /**
   * Runs to the end of the source.
   *
   * @return events at which the detector raised an alarm, counted from 0
   */
  public static List<Long> alarms(
      final InstanceSource source, final Supplier<DoublePredicate> detectors) {
    final List<Long> alarms = new ArrayList<>();
    Schema schema = source.schema();
    Expert learner = untrained(schema);
    DoublePredicate detector = detectors.get();
    double[] probabilities = new double[schema.classCount()];
    long event = 0;
    for (Instance row = source.next(); row != null; row = source.next(), event++) {
      if (!source.schema().equals(schema)) {
        schema = source.schema();
        learner.grow(schema);
        probabilities = new double[schema.classCount()];
      }
      if (row.label() >= 0) {
        learner.predict(row.x(), probabilities);
        if (detector.test(greatest(probabilities) == row.label() ? 0 : 1)) {
          alarms.add(event);
          detector = detectors.get();
          learner = untrained(schema);
        }
        learner.learn(row.x(), row.label(), 1);
      }
    }
    return alarms;
  }

  private static Expert untrained(final Schema schema) {
    return new NaiveBayes(schema, Double.POSITIVE_INFINITY);
  }

  private static int greatest(final double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
