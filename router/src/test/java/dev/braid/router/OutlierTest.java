package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.ExpertKind;
import dev.braid.experts.Experts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One absurd record in a thousand, of any size, costs hardly anything. */
class OutlierTest {
  private static final double[] SIZES = {1e6, -1e6, 1e3, 1e300, -1e12, Double.MAX_VALUE, 1e9};
  private static final int SEEDS = 3;
  private static final int YOUNG = 1000;
  private static final int EVENTS = 6000;

  /** Every preset, and every registered expert alone in a pool. */
  static List<LearnerSpec> learners() {
    final List<LearnerSpec> specs = new ArrayList<>();
    Presets.names().forEach(preset -> specs.add(LearnerSpec.of(preset, 1)));
    for (final ExpertKind kind : Experts.REGISTRY.entries()) {
      final String expert = kind.name();
      if (!kind.predicts(Streams.SCHEMA.target())) {
        continue;
      }
      final String text = expert.equals("moa") ? "moa(trees.HoeffdingTree)" : expert;
      specs.add(
          new LearnerSpec("braid", 1, Map.of("experts", text, "combine", "log-opinion-pool")));
    }
    return specs;
  }

  @ParameterizedTest
  @MethodSource("learners")
  void oneRecordInAThousandCostsLessThanAFifthOfAPoint(final LearnerSpec spec) {
    double clean = 0;
    double spoilt = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      clean += accuracy(spec, seed, false) / SEEDS;
      spoilt += accuracy(spec, seed, true) / SEEDS;
    }
    assertTrue(spoilt > clean - 0.2, "percent without " + clean + ", with outliers " + spoilt);
  }

  /** Share of right predictions, in percent, of usual records behind the young ones. */
  private static double accuracy(
      final LearnerSpec spec, final int seed, final boolean withOutliers) {
    final Learner learner =
        Presets.open(new LearnerSpec(spec.preset(), seed, spec.options()), Streams.SCHEMA);
    final Streams stream = new Streams(seed);
    final SplittableRandom random = new SplittableRandom(seed);
    final Prediction prediction = new Prediction();
    int right = 0;
    int usual = 0;
    for (int t = 0; t < EVENTS; t++) {
      stream.next();
      final boolean outlier = t % 1000 == 500;
      if (outlier && withOutliers) {
        for (int f = 0; f < 3; f++) {
          stream.x[f] = SIZES[random.nextInt(SIZES.length)];
        }
      }
      learner.testThenTrain(stream.x, stream.label, prediction);
      if (t >= YOUNG && !outlier) {
        usual++;
        right += prediction.label() == stream.label ? 1 : 0;
      }
    }
    return 100.0 * right / usual;
  }

  @ParameterizedTest
  @MethodSource("learners")
  void whatWasUsualLatelyIsState(final LearnerSpec spec) {
    final Learner learner = Presets.open(spec, Streams.SCHEMA);
    final Streams stream = new Streams(5);
    final Prediction prediction = new Prediction();
    for (int t = 0; t < 300; t++) {
      stream.next();
      learner.testThenTrain(stream.x, stream.label, prediction);
    }
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(learner));
    final Prediction other = new Prediction();
    for (int t = 0; t < 300; t++) {
      stream.next();
      if (t % 50 == 0) {
        stream.x[0] = 1e8;
      }
      learner.testThenTrain(stream.x, stream.label, prediction);
      restored.testThenTrain(stream.x, stream.label, other);
      for (int c = 0; c < 3; c++) {
        assertEquals(prediction.probabilities()[c], other.probabilities()[c]);
      }
    }
  }
}
