package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Expert} promises of numbers, asked of every kind in the registry that predicts them.
 */
class NumberExpertContractTest {
  private static final ThreadMXBean ALLOCATED = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Schema SCHEMA =
      Schema.ofQuantity(
          List.of(
              Feature.numeric("a"),
              Feature.numeric("b"),
              Feature.nominal("colour", "red", "blue")));

  static List<String> experts() {
    final List<String> names = new ArrayList<>();
    Experts.REGISTRY.entries().stream()
        .filter(kind -> kind.predicts(SCHEMA.target()))
        .forEach(kind -> names.add(kind.name()));
    names.add("rls(crossed=true,forgetting=0.9995)");
    names.add("rls(crossed=true,width=3)");
    names.add("mean(memory=Infinity)");
    return names;
  }

  /** MOA allocates as it likes, and counts nothing. */
  static List<String> ownExperts() {
    return experts().stream().filter(name -> !name.startsWith("moa")).toList();
  }

  /** Those that see all features. */
  static List<String> learning() {
    return experts().stream()
        .filter(name -> !name.matches("(external|last|mean).*|.*width.*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("experts")
  void saysZeroBeforeItHasLearned(final String name) {
    final double[] p = {7};
    Experts.open(name, SCHEMA, 1).predict(new double[] {1, 2, 0}, p);
    assertEquals(0, p[0]);
  }

  @ParameterizedTest
  @MethodSource("learning")
  void learnsWhatANumberDependsOn(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 1, 6000);
    final SplittableRandom random = new SplittableRandom(2);
    final double[] p = new double[1];
    double errors = 0;
    double all = 0;
    for (int t = 0; t < 500; t++) {
      final double[] x = event(random);
      expert.predict(x, p);
      errors += Math.pow(p[0] - target(x), 2);
      all += Math.pow(1030 - target(x), 2);
    }
    assertTrue(errors < 0.2 * all, errors + " of " + all);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void aRestoredExpertGoesOnBitForBit(final String name) {
    final Expert original = Experts.open(name, SCHEMA, 1);
    learn(original, 2, 777);
    final Expert restored = copy(original, SCHEMA);
    for (int b = 0; b < restored.chunkCount(); b++) {
      assertFalse(restored.isDirty(b));
    }
    learn(original, 3, 500);
    learn(restored, 3, 500);
    assertSamePredictions(original, restored);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void anImageOfFewEventsGoesOnBitForBit(final String name) {
    for (int events = 0; events < 70; events += 9) {
      final Expert original = Experts.open(name, SCHEMA, 1);
      learn(original, 2, events);
      final Expert restored = copy(original, SCHEMA);
      learn(original, 3, 80);
      learn(restored, 3, 80);
      assertSamePredictions(original, restored);
    }
  }

  /** What is not dirty need not be written again: the old chunk still is the state. */
  @ParameterizedTest
  @MethodSource("experts")
  void cleanChunksAreAsTheyWereSaved(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 1500);
    final List<byte[]> saved = chunks(expert);
    expert.markClean();
    learn(expert, 4, 3);
    final List<byte[]> now = chunks(expert);
    for (int b = 0; b < now.size(); b++) {
      if (!expert.isDirty(b)) {
        assertArrayEquals(saved.get(b), now.get(b));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("experts")
  void predictingChangesNothing(final String name) {
    final Expert asked = Experts.open(name, SCHEMA, 1);
    final Expert unasked = Experts.open(name, SCHEMA, 1);
    final SplittableRandom random = new SplittableRandom(4);
    final double[] p = new double[1];
    for (int t = 0; t < 500; t++) {
      final double[] x = event(random);
      asked.predict(x, p);
      asked.predict(new double[] {Double.NaN, t, 1}, p);
      asked.learn(x, target(x), 1);
      unasked.learn(x, target(x), 1);
    }
    assertSamePredictions(asked, unasked);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void growsByFeaturesAndValues(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 300);
    final Schema larger =
        SCHEMA
            .withFeature(Feature.numeric("late"))
            .withFeature(Feature.nominal("size", "s"))
            .withValue(2, "green");
    expert.grow(larger);
    final SplittableRandom random = new SplittableRandom(5);
    final double[] p = new double[1];
    for (int t = 0; t < 900; t++) {
      final double[] e = event(random);
      final double[] x = {e[0], e[1], random.nextInt(3), random.nextDouble(), 0};
      expert.predict(x, p);
      assertTrue(Double.isFinite(p[0]));
      expert.learn(x, target(e) + 5 * x[3], 1);
    }
    final Expert restored = copy(expert, larger);
    final double[] q = new double[1];
    final double[] x = {0.5, 0.5, 2, 0.5, 0};
    restored.predict(x, q);
    expert.predict(x, p);
    assertArrayEquals(p, q);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void startsWithoutAnyFeature(final String name) {
    final Expert expert = Experts.open(name, Schema.ofQuantity(List.of()), 1);
    final double[] p = new double[1];
    expert.predict(new double[0], p);
    expert.learn(new double[0], 1000, 1);
    expert.grow(SCHEMA);
    learn(expert, 1, 100);
    expert.predict(new double[] {1, 0, 1}, p);
    assertEquals(1030, p[0], 200);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  void staysInTheTargetsRangeWhateverTheFeatures(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final double[] hostile = {
      Double.NaN, 1e12, -1e12, 1e-9, 0, -0.0, 1e300, -1e300, Double.MIN_VALUE, 42
    };
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    for (int t = 0; t < 3000; t++) {
      final double[] x = {
        hostile[random.nextInt(hostile.length)],
        hostile[random.nextInt(hostile.length)],
        random.nextInt(3) == 0 ? Double.NaN : random.nextInt(2)
      };
      expert.predict(x, p);
      assertTrue(t < 64 ? Double.isFinite(p[0]) : Math.abs(p[0]) <= 6, () -> p[0] + "");
      expert.learn(x, -2 + 4 * random.nextDouble(), 1 + random.nextInt(3));
    }
  }

  /** One target in a thousand is absurd, the first among them. */
  @ParameterizedTest
  @MethodSource("ownExperts")
  void anAbsurdTargetNowAndThenDoesLittle(final String name) {
    final Expert spoiled = Experts.open(name, SCHEMA, 1);
    final Expert clean = Experts.open(name, SCHEMA, 1);
    final double[] absurd = {1e300, -1e300, 1e9, 1e40};
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    double errors = 0;
    double cleanErrors = 0;
    for (int t = 0; t < 6000; t++) {
      final double[] x = event(random);
      if (t >= 1000) {
        spoiled.predict(x, p);
        errors += Math.abs(p[0] - target(x));
        clean.predict(x, p);
        cleanErrors += Math.abs(p[0] - target(x));
      }
      spoiled.learn(x, t % 1000 == 0 ? absurd[t / 1000 % 4] : target(x), 1);
      clean.learn(x, target(x), 1);
    }
    assertTrue(errors < 1.5 * cleanErrors + 5000 * 0.5, errors + " and " + cleanErrors);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  void saysTheConstantWhereTheTargetIsOne(final String name) {
    for (final double constant : new double[] {0, -3.5, 1e9, 1e100}) {
      final Expert expert = Experts.open(name, SCHEMA, 1);
      final SplittableRandom random = new SplittableRandom(6);
      for (int t = 0; t < 300; t++) {
        expert.learn(event(random), constant, 1);
      }
      final double[] p = new double[1];
      expert.predict(event(random), p);
      assertEquals(constant, p[0], 1e-6 * Math.abs(constant));
    }
  }

  /** The unit of the target does not matter, nor where its zero lies. */
  @ParameterizedTest
  @MethodSource("learning")
  void aTargetInOtherUnitsIsPredictedAlike(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final Expert scaled = Experts.open(name, SCHEMA, 1);
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    double difference = 0;
    for (int t = 0; t < 2000; t++) {
      final double[] x = event(random);
      expert.predict(x, p);
      final double one = p[0];
      scaled.predict(x, p);
      difference += t < 1000 ? 0 : Math.abs((p[0] + 3e6) / 1e6 - one) / 1000;
      expert.learn(x, target(x), 1);
      scaled.learn(x, 1e6 * target(x) - 3e6, 1);
    }
    assertTrue(difference < 2, difference + "");
  }

  /** Growth allocates, and the step of a network, which is taken every eighth event. */
  @ParameterizedTest
  @MethodSource("ownExperts")
  void mostEventsAllocateNothing(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 5000);
    final SplittableRandom random = new SplittableRandom(7);
    final double[][] x = new double[500][];
    Arrays.setAll(x, t -> event(random));
    final double[] p = new double[1];
    int without = 0;
    for (final double[] one : x) {
      final double target = target(one);
      final long before = ALLOCATED.getCurrentThreadAllocatedBytes();
      expert.predict(one, p);
      expert.learn(one, target, 1, p);
      without += ALLOCATED.getCurrentThreadAllocatedBytes() == before ? 1 : 0;
    }
    assertTrue(
        without >= 0.87 * x.length, without + " of " + x.length + " events allocate nothing");
  }

  @ParameterizedTest
  @MethodSource("experts")
  void learningWithItsPredictionIsTheSameAsWithout(final String name) {
    final Expert with = Experts.open(name, SCHEMA, 1);
    final Expert without = Experts.open(name, SCHEMA, 1);
    final SplittableRandom random = new SplittableRandom(8);
    final double[] p = new double[1];
    for (int t = 0; t < 700; t++) {
      final double[] x = event(random);
      with.predict(x, p);
      with.learn(x, target(x), 1, p);
      without.learn(x, target(x), 1);
    }
    assertSamePredictions(with, without);
  }

  static List<String> weighing() {
    return experts().stream().filter(name -> !name.matches("(external|last).*")).toList();
  }

  /** Two numbers come equally often, one counts four times as much. */
  @ParameterizedTest
  @MethodSource("weighing")
  void anEventCountsAsOftenAsItsWeightSays(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final SplittableRandom random = new SplittableRandom(9);
    final double[] x = {0.5, 0.5, 1};
    final double[] p = new double[1];
    double mean = 0;
    for (int t = 0; t < 3000; t++) {
      expert.predict(x, p);
      mean += t >= 2000 ? p[0] / 1000 : 0;
      final int target = random.nextInt(2);
      expert.learn(x, target, target == 1 ? 4 : 1);
    }
    assertEquals(0.8, mean, 0.12);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  void countsWhatAnEventCostsAndWhatItHolds(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 100);
    assertTrue(expert.operations() > 0);
    assertTrue(expert.sizeBytes() > 0);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void aCutImageIsRefused(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 1, 200);
    final List<byte[]> chunks = chunks(expert);
    final byte[] last = chunks.get(chunks.size() - 1);
    for (int length = 0; length < last.length; length += 1 + last.length / 20) {
      chunks.set(chunks.size() - 1, Arrays.copyOf(last, length));
      assertThrows(MalformedImageException.class, () -> read(expert.kind(), SCHEMA, chunks), name);
    }
  }

  private static double[] event(final SplittableRandom random) {
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(2)};
  }

  /** From 1000 to 1060. */
  private static double target(final double[] x) {
    return 1000 + 20 * x[0] + 20 * x[1] + (x[2] == 1 ? 20 : 0);
  }

  private static void learn(final Expert expert, final long seed, final int events) {
    final SplittableRandom random = new SplittableRandom(seed);
    for (int t = 0; t < events; t++) {
      final double[] x = event(random);
      expert.learn(x, target(x), 1);
    }
  }

  private static void assertSamePredictions(final Expert a, final Expert b) {
    final double[] p = new double[1];
    final double[] q = new double[1];
    final SplittableRandom random = new SplittableRandom(9);
    for (int t = 0; t < 200; t++) {
      final double[] x = event(random);
      a.predict(x, p);
      b.predict(x, q);
      assertArrayEquals(p, q);
    }
  }

  private static List<byte[]> chunks(final Expert expert) {
    final List<byte[]> chunks = new ArrayList<>();
    for (int b = 0; b < expert.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      expert.writeChunk(b, out);
      chunks.add(out.toByteArray());
    }
    return chunks;
  }

  private static Expert copy(final Expert expert, final Schema schema) {
    return read(expert.kind(), schema, chunks(expert));
  }

  private static Expert read(final String kind, final Schema schema, final List<byte[]> chunks) {
    return Experts.read(kind, schema, chunks.size(), b -> new ImageReader(chunks.get(b)));
  }
}
