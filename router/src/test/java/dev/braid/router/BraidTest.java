package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the preset {@code braid} promises beyond what every preset does. */
class BraidTest {

  private static Learner open(final Schema schema, final Map<String, String> options) {
    return Presets.open(new LearnerSpec("braid", 1, options), schema);
  }

  /** Two moving centres per class in the plane, and a nominal value that helps a little. */
  private static final class Moving {
    static final Schema SCHEMA =
        new Schema(
            List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "u", "v")),
            List.of("0", "1"));
    private final SplittableRandom random = new SplittableRandom(17);
    private int t;
    double[] x;
    int label;

    void next() {
      // A turn every 4,000 events, and a jump half-way.
      final double angle = 2 * Math.PI * t / 4000 + (t > 3000 ? 2 : 0);
      final int centre = random.nextInt(4);
      label = centre & 1;
      final double at = angle + centre * Math.PI / 2;
      x =
          new double[] {
            Math.cos(at) + 0.45 * random.nextGaussian(),
            Math.sin(at) + 0.45 * random.nextGaussian(),
            random.nextInt(10) < 6 ? label : 1 - label
          };
      t++;
    }
  }

  private static double accuracy(final Map<String, String> options) {
    final Learner learner = open(Moving.SCHEMA, options);
    final Moving stream = new Moving();
    final Prediction prediction = new Prediction();
    int right = 0;
    for (int i = 0; i < 6000; i++) {
      stream.next();
      learner.testThenTrain(stream.x, stream.label, prediction);
      right += prediction.label() == stream.label ? 1 : 0;
    }
    return right / 6000.0;
  }

  private static Map<String, String> only(final String experts) {
    return Map.of("experts", experts, "combine", "log-opinion-pool");
  }

  @Test
  void isBetterThanItsBestExpertAloneOnADriftingStream() {
    final double whole = accuracy(Map.of());
    final List<Double> alone = new ArrayList<>();
    alone.add(accuracy(only("adaptive-tree(subspace=leaf)")));
    alone.add(accuracy(only("knn")));
    alone.add(accuracy(only("naive-bayes(100|1000|10000)*3")));
    alone.add(accuracy(only("last-label")));
    alone.add(accuracy(only("crossed-linear")));
    alone.add(accuracy(only("replay-network")));
    alone.add(accuracy(only("dense-moe(expert=mlp(0)*4)")));
    for (final double one : alone) {
      assertTrue(whole > one, whole + " against " + alone);
    }
  }

  @Test
  void hasAtMostEighteenExperts() {
    assertTrue(open(Moving.SCHEMA, Map.of()).members().size() <= 18);
  }

  @Test
  void tellsWhenAnExpertWasReplaced() {
    final Learner learner =
        open(Moving.SCHEMA, only("adaptive-tree(subspace=leaf|tree|all|leaf)*4"));
    final SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 4000; i++) {
      final double a = random.nextDouble();
      final int above = a > 0.5 ? 1 : 0;
      learner.learn(new double[] {a, 0, 0}, i < 3000 ? above : 1 - above);
    }
    final List<PoolEvent> events = learner.drainPoolEvents();
    assertFalse(events.isEmpty());
    assertEquals(PoolEvent.Kind.REPLACED, events.get(0).kind());
    assertTrue(learner.drainPoolEvents().isEmpty());
  }

  @Test
  void startsFromAnEmptySchemaAndGrowsWithTheStream() {
    Schema schema = new Schema(List.of(), List.of());
    final Learner learner = open(schema, Map.of());
    learner.predict(new double[0], new Prediction());
    schema = schema.withFeature(Feature.numeric("a"));
    schema = schema.withFeature(Feature.numeric("b"));
    schema = schema.withFeature(Feature.nominal("c"));
    final SplittableRandom random = new SplittableRandom(5);
    final Prediction prediction = new Prediction();
    int right = 0;
    for (int i = 0; i < 4000; i++) {
      final int label = i < 2000 ? random.nextInt(2) : random.nextInt(3);
      if (schema.classIndex("k" + label) < 0) {
        schema = schema.withClass("k" + label);
      }
      if (schema.valueIndex(2, "v" + label % 2) < 0) {
        schema = schema.withValue(2, "v" + label % 2);
      }
      if (!schema.equals(learner.schema())) {
        learner.grow(schema);
      }
      final double[] x = {
        label + 0.3 * random.nextGaussian(),
        random.nextDouble(),
        schema.valueIndex(2, "v" + label % 2)
      };
      final int y = schema.classIndex("k" + label);
      learner.testThenTrain(x, y, prediction);
      right += i >= 3000 && prediction.label() == y ? 1 : 0;
    }
    assertTrue(right > 900, right + " of 1000");
  }

  @Test
  void predictingInBetweenChangesNothing() {
    final Learner quiet = open(Moving.SCHEMA, Map.of());
    final Learner asked = open(Moving.SCHEMA, Map.of());
    final Moving stream = new Moving();
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    for (int i = 0; i < 500; i++) {
      stream.next();
      asked.predict(new double[] {i, -i, i & 1}, b);
      quiet.learn(stream.x, stream.label);
      asked.learn(stream.x, stream.label);
    }
    stream.next();
    quiet.predict(stream.x, a);
    asked.predict(stream.x, b);
    assertArrayEquals(a.probabilities(), b.probabilities());
  }

  /** A learner whose labels come some hundred events after its predictions. */
  private static final class Late {
    private record Waiting(Instance event, Prediction then) {}

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Learner learner;
    private final int delay;

    Late(final Learner learner, final int delay) {
      this.learner = learner;
      this.delay = delay;
    }

    /**
     * Predicts an event and learns the one whose label is due.
     *
     * @param remembering whether the learner is told what it predicted
     * @return whether the prediction was right
     */
    boolean next(final double[] x, final int label, final boolean remembering) {
      final Prediction prediction = new Prediction();
      learner.predict(x, prediction);
      waiting.add(new Waiting(new Instance(x, label), prediction));
      if (waiting.size() > delay) {
        final Waiting due = waiting.remove();
        if (remembering) {
          learner.learn(due.event.x(), due.event.label(), due.then);
        } else {
          learner.learn(due.event.x(), due.event.label());
        }
      }
      return prediction.label() == label;
    }
  }

  /** Labels repeat for a while, so that the label learned last is worth much, but only at once. */
  private static double lateAccuracy(final boolean remembering) {
    final Late late =
        new Late(
            open(
                Moving.SCHEMA,
                Map.of(
                    "experts",
                    "adaptive-tree(subspace=leaf|tree)*2+knn+naive-bayes(100|1000|10000)*3+last-label+crossed-linear+replay-network")),
            200);
    final SplittableRandom random = new SplittableRandom(23);
    int label = 0;
    int right = 0;
    for (int i = 0; i < 4000; i++) {
      label = random.nextInt(20) == 0 ? 1 - label : label;
      final double[] x = {label + random.nextGaussian(), random.nextDouble(), random.nextInt(2)};
      right += late.next(x, label, remembering) ? 1 : 0;
    }
    return right / 4000.0;
  }

  @Test
  void isNotMisledByWhatTheLastLabelIsWorthWhenLabelsComeLate() {
    final double remembering = lateAccuracy(true);
    final double forgetting = lateAccuracy(false);
    assertTrue(remembering > forgetting + 0.02, remembering + " against " + forgetting);
  }

  /** The concept of MOA's generator of mixed features, gradually reversed. */
  @Test
  void followsAReversalWhenLabelsComeLate() {
    final int delay = 1000;
    final int reversal = 20_000;
    final Schema schema =
        new Schema(
            List.of(
                Feature.nominal("v", "no", "yes"),
                Feature.nominal("w", "no", "yes"),
                Feature.numeric("x"),
                Feature.numeric("y")),
            List.of("no", "yes"));
    final Late late = new Late(open(schema, Map.of()), delay);
    final SplittableRandom random = new SplittableRandom(31);
    int right = 0;
    for (int i = 0; i < reversal + 3 * delay; i++) {
      final double[] x = {
        random.nextInt(2), random.nextInt(2), random.nextDouble(), random.nextDouble()
      };
      final int below = x[3] < 0.5 + 0.3 * Math.sin(3 * Math.PI * x[2]) ? 1 : 0;
      final double reversed = 1 / (1 + Math.exp(4.0 * (reversal - i) / delay));
      final boolean yes = x[0] + x[1] + below >= 2 ^ random.nextDouble() < reversed;
      final boolean hit = late.next(x, yes ? 1 : 0, true);
      right += i >= reversal + delay && hit ? 1 : 0;
    }
    assertTrue(right > 1.4 * delay, right + " of " + 2 * delay);
  }

  @Test
  void survivesTenThousandFeatures() {
    final Learner learner = open(Schema.numeric(10_000, 2), Map.of());
    final SplittableRandom random = new SplittableRandom(29);
    final Prediction prediction = new Prediction();
    int right = 0;
    for (int i = 0; i < 300; i++) {
      final double[] x = new double[10_000];
      for (int f = 0; f < 100; f++) {
        x[f] = (i & 1) + random.nextGaussian();
      }
      learner.testThenTrain(x, i & 1, prediction);
      right += i >= 200 && prediction.label() == (i & 1) ? 1 : 0;
    }
    assertTrue(right > 80, right + " of 100");
  }

  @Test
  void staysADistributionOnConstantsHugeNumbersAndMissingValues() {
    final Learner learner = open(Moving.SCHEMA, Map.of());
    final SplittableRandom random = new SplittableRandom(31);
    final double[] odd = {Double.NaN, 1e12, 1e-9, -1e300, 0, 0, 0};
    final Prediction prediction = new Prediction();
    for (int i = 0; i < 2000; i++) {
      final double[] x = {
        odd[random.nextInt(odd.length)], 7, random.nextBoolean() ? Double.NaN : random.nextInt(2)
      };
      // One class alone at first, then both.
      learner.testThenTrain(x, i < 500 ? 0 : random.nextInt(2), prediction);
      double sum = 0;
      for (final double p : prediction.probabilities()) {
        assertTrue(p >= 0, "probability " + p);
        sum += p;
      }
      assertEquals(1, sum, 1e-9);
    }
  }
}
