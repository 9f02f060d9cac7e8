package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The default learner of numbers: its images, streams as nobody would wish them, and targets that
 * are absurd.
 */
class NumberLearnerTest {
  private static final Schema SCHEMA = Schema.ofQuantity(Streams.SCHEMA.features());

  private final SplittableRandom random = new SplittableRandom(8);

  static List<String> presets() {
    return Presets.REGISTRY.entries().stream()
        .filter(preset -> preset.predicts(SCHEMA.target()))
        .map(Preset::name)
        .toList();
  }

  private static Learner open(final String preset, final Schema schema) {
    return Presets.open(LearnerSpec.of(preset, 7), schema);
  }

  private static void assertSame(final Prediction a, final Prediction b) {
    assertArrayEquals(a.probabilities(), b.probabilities());
    assertArrayEquals(a.quantiles(), b.quantiles());
    assertArrayEquals(a.weights(), b.weights());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aRestoredLearnerGoesOnBitForBitAndIsClean(final String preset) {
    final Learner original = open(preset, SCHEMA);
    final Streams stream = new Streams(3);
    for (int t = 0; t < 700; t++) {
      stream.next();
      original.learn(stream.x, stream.number);
    }
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(original));
    assertEquals(original.spec(), restored.spec());
    assertEquals(original.schema(), restored.schema());
    for (final Part part : restored.parts()) {
      for (int b = 0; b < part.chunkCount(); b++) {
        assertFalse(part.isDirty(b));
      }
    }
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    for (int t = 0; t < 500; t++) {
      stream.next();
      original.testThenTrain(stream.x, stream.number, a);
      restored.testThenTrain(stream.x, stream.number, b);
      assertSame(a, b);
    }
  }

  /** The first targets have rules of their own. */
  @ParameterizedTest
  @MethodSource("presets")
  void anImageOfFewEventsGoesOnBitForBit(final String preset) {
    for (final double first : new double[] {5, 1e300}) {
      Learner restored = open(preset, SCHEMA);
      final Learner original = open(preset, SCHEMA);
      final Streams stream = new Streams(3);
      final Prediction a = new Prediction();
      final Prediction b = new Prediction();
      for (int t = 0; t < 25; t++) {
        stream.next();
        restored = LearnerImage.fromBytes(LearnerImage.toBytes(restored));
        final double target = t == 0 ? first : stream.number;
        original.testThenTrain(stream.x, target, a);
        restored.testThenTrain(stream.x, target, b);
        assertSame(a, b);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aLearnerRestoredWhileLabelsComeLateGoesOnBitForBit(final String preset) {
    final int delay = 40;
    final Learner original = open(preset, SCHEMA);
    Learner restored = null;
    final Streams stream = new Streams(3);
    final double[][] x = new double[700][];
    final double[] target = new double[700];
    final Prediction[] then = new Prediction[700];
    final Prediction other = new Prediction();
    for (int t = 0; t < 700; t++) {
      stream.next();
      x[t] = stream.x.clone();
      target[t] = stream.number;
      then[t] = new Prediction();
      original.predict(x[t], then[t]);
      if (restored != null) {
        restored.predict(x[t], other);
        assertSame(then[t], other);
      }
      if (t >= delay) {
        original.learn(x[t - delay], target[t - delay], then[t - delay]);
      }
      if (restored != null) {
        restored.learn(x[t - delay], target[t - delay], then[t - delay]);
      }
      if (t == 300) {
        restored = LearnerImage.fromBytes(LearnerImage.toBytes(original));
      }
    }
    assertTrue(other.lower() < other.upper(), other::toString);
    assertArrayEquals(LearnerImage.toBytes(original), LearnerImage.toBytes(restored));
  }

  /** A number that wanders about its mean: nothing is known of it where labels come late. */
  @ParameterizedTest
  @MethodSource("presets")
  void intervalsHoldAsOftenAsAskedForWhenLabelsComeLate(final String preset) {
    final int delay = 100;
    final Learner learner = open(preset, SCHEMA);
    final Streams stream = new Streams(3);
    final double[][] x = new double[4_000][];
    final double[] target = new double[4_000];
    final Prediction[] then = new Prediction[4_000];
    double wandering = 0;
    int given = 0;
    int held = 0;
    for (int t = 0; t < 4_000; t++) {
      stream.next();
      wandering += 0.05 * (random.nextGaussian() - wandering);
      x[t] = stream.x.clone();
      target[t] = 100 * wandering + random.nextGaussian();
      then[t] = new Prediction();
      learner.predict(x[t], then[t]);
      if (t >= 500) {
        given++;
        held += target[t] >= then[t].lower() && target[t] <= then[t].upper() ? 1 : 0;
      }
      if (t >= delay) {
        learner.learn(x[t - delay], target[t - delay], then[t - delay]);
      }
    }
    assertEquals(0.9, (double) held / given, 0.025);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void chunksThatAreCleanHaveNotChanged(final String preset) {
    final Learner learner = open(preset, SCHEMA);
    final Streams stream = new Streams(3);
    final KeptParts saved = new KeptParts();
    for (int t = 0; t < 400; t++) {
      stream.next();
      learner.learn(stream.x, stream.number);
      if (t % 97 == 0) {
        saved.saveDirtyChunks(learner);
      }
    }
    saved.saveDirtyChunks(learner);
    assertArrayEquals(
        LearnerImage.toBytes(learner), LearnerImage.toBytes(LearnerImage.read(saved)));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aCutImageIsRefused(final String preset) {
    final byte[] image = LearnerImage.toBytes(open(preset, SCHEMA));
    for (int length = 0; length < image.length; length += 1 + image.length / 50) {
      final byte[] cut = Arrays.copyOf(image, length);
      assertThrows(MalformedImageException.class, () -> LearnerImage.fromBytes(cut));
    }
  }

  /** Events whose targets are from 0 to 10; nothing is said far outside of that. */
  private void testThenTrain(final Learner learner, final double[] x, final double target) {
    final Prediction out = new Prediction();
    learner.testThenTrain(x, target, out);
    assertTrue(Double.isNaN(out.number()) || Math.abs(out.number()) < 60, out::toString);
    assertTrue(
        Double.isNaN(out.lower())
            || (Math.abs(out.lower()) < 60
                && Math.abs(out.upper()) < 60
                && out.lower() <= out.number()
                && out.number() <= out.upper()),
        out::toString);
    assertEquals(1, Arrays.stream(out.weights()).sum(), 1e-9);
    assertTrue(Arrays.stream(out.weights()).allMatch(w -> w >= 0), out::toString);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyValueMissing(final String preset) {
    final Learner learner = open(preset, SCHEMA);
    final double[] nothing = new double[4];
    Arrays.fill(nothing, Double.NaN);
    for (int t = 0; t < 600; t++) {
      testThenTrain(learner, nothing, random.nextInt(10));
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void extremesBesideTinyNumbersAndConstants(final String preset) {
    final Schema schema =
        Schema.ofQuantity(
            List.of(
                Feature.numeric("wild"),
                Feature.numeric("tiny"),
                Feature.numeric("constant"),
                Feature.numeric("rare")));
    final Learner learner = open(preset, schema);
    for (int t = 0; t < 1200; t++) {
      final double wild = Math.scalb(random.nextDouble() - 0.5, random.nextInt(-900, 1000));
      final double[] x = {
        wild, 1e-9 * random.nextDouble(), 7, random.nextInt(50) == 0 ? 1e300 : -1e-300
      };
      testThenTrain(learner, x, x[1] * 1e10);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void nominalFeaturesWithHundredsOfValues(final String preset) {
    final String[] values = new String[293];
    Arrays.setAll(values, v -> "v" + v);
    final Learner learner =
        open(
            preset,
            Schema.ofQuantity(
                List.of(Feature.nominal("from", values), Feature.nominal("to", values))));
    for (int t = 0; t < 600; t++) {
      final double[] x = {random.nextInt(293), random.nextInt(293)};
      testThenTrain(learner, x, Math.abs(x[0] - x[1]) / 30);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aStreamThatStartsWithNothingAndGrows(final String preset) {
    final Learner learner = open(preset, Schema.ofQuantity(List.of()));
    final Prediction prediction = new Prediction();
    learner.predict(new double[0], prediction);
    assertTrue(Double.isNaN(prediction.number()));
    for (int t = 0; t < 200; t++) {
      testThenTrain(learner, new double[0], 3);
    }
    final Schema schema =
        learner
            .schema()
            .withFeature(Feature.numeric("x"))
            .withFeature(Feature.nominal("n"))
            .withValue(1, "a")
            .withValue(1, "b");
    learner.grow(schema);
    double errors = 0;
    for (int t = 0; t < 900; t++) {
      final double x = random.nextDouble();
      learner.predict(new double[] {x, t % 2}, prediction);
      errors += t >= 600 ? Math.abs(prediction.number() - 5 * x - t % 2) / 300 : 0;
      testThenTrain(learner, new double[] {x, t % 2}, 5 * x + t % 2);
    }
    assertTrue(errors < 0.5, "mean error " + errors);
    assertEquals(schema, LearnerImage.fromBytes(LearnerImage.toBytes(learner)).schema());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void tenThousandFeatures(final String preset) {
    final Feature[] features = new Feature[10_000];
    Arrays.setAll(features, f -> Feature.numeric("f" + f));
    final Learner learner = open(preset, Schema.ofQuantity(List.of(features)));
    final double[] x = new double[10_000];
    for (int t = 0; t < 40; t++) {
      Arrays.setAll(x, f -> random.nextDouble());
      testThenTrain(learner, x, 10 * x[0]);
    }
  }

  /** Mean error of the default learner over the last of 1,000 events, some of them replaced. */
  private static double error(final String preset, final Map<Integer, Double> replaced) {
    final Learner learner = open(preset, SCHEMA);
    final Streams stream = new Streams(4);
    final Prediction out = new Prediction();
    double errors = 0;
    for (int t = 0; t < 1000; t++) {
      stream.next();
      learner.testThenTrain(stream.x, replaced.getOrDefault(t, stream.number), out);
      errors += t >= 200 && !replaced.containsKey(t) ? Math.abs(out.number() - stream.number) : 0;
    }
    return errors / 800;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e300, -1e300, Double.MAX_VALUE, 1e12, -1e8})
  void anAbsurdTargetCostsHardlyAnythingEvenAsTheFirstOne(final double absurd) {
    for (final String preset : presets()) {
      final double clean = error(preset, Map.of());
      for (final int at : new int[] {0, 1, 2, 500}) {
        final double spoilt = error(preset, Map.of(at, absurd));
        assertTrue(
            spoilt < 1.15 * clean, absurd + " at " + at + ": error " + spoilt + ", not " + clean);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e300, -1e6})
  void oneOutlierInAThousandMovesNothing(final double outlier) {
    final Learner learner = open("braid", SCHEMA);
    final Streams stream = new Streams(5);
    for (int t = 0; t < 4_000; t++) {
      stream.next();
      testThenTrain(learner, stream.x, t % 1_000 == 999 ? outlier : stream.number);
    }
  }

  @Test
  void aConstantTargetIsPredictedExactlyOnceItIsKnown() {
    for (final String preset : presets()) {
      final Learner learner = open(preset, SCHEMA);
      final Streams stream = new Streams(4);
      final Prediction out = new Prediction();
      for (int t = 0; t < 400; t++) {
        stream.next();
        learner.testThenTrain(stream.x, 42, out);
        assertTrue(t == 0 || Math.abs(out.number() - 42) <= 42, "event " + t + ": " + out);
        assertTrue(t < 200 || Math.abs(out.number() - 42) < 0.01, "event " + t + ": " + out);
      }
    }
  }

  @Test
  void aTargetThatIsNoFiniteNumberIsRefusedAndChangesNothing() {
    final Learner learner = open("braid", SCHEMA);
    final byte[] before = LearnerImage.toBytes(learner);
    for (final double target : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> learner.learn(new double[4], target));
    }
    assertArrayEquals(before, LearnerImage.toBytes(learner));
  }
}
