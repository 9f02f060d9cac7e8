package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Expert} promises whatever the target, asked of every kind that predicts it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ExpertContract {
  private static final ThreadMXBean ALLOCATED = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Schema schema;
  private final int width;

  /**
   * @param schema of two numbers and a nominal feature of two values
   */
  ExpertContract(final Schema schema) {
    this.schema = schema;
    width = schema.target().width();
  }

  /** Every kind, and some with options. */
  abstract List<String> experts();

  /** Those to which an event's weight matters. */
  abstract List<String> weighing();

  /** Those that make no objects for a prediction. */
  abstract List<String> withoutObjects();

  abstract double target(double[] x);

  /** MOA allocates as it likes, and counts nothing. */
  final List<String> ownExperts() {
    return experts().stream().filter(name -> !name.startsWith("moa")).toList();
  }

  @ParameterizedTest
  @MethodSource("experts")
  final void aRestoredExpertGoesOnBitForBit(final String name) {
    final Expert original = open(name);
    learn(original, 2, 777);
    final Expert restored = copy(original, schema);
    for (int c = 0; c < restored.chunkCount(); c++) {
      assertFalse(restored.isDirty(c));
    }
    learn(original, 3, 500);
    learn(restored, 3, 500);
    assertSamePredictions(original, restored);
  }

  @ParameterizedTest
  @MethodSource("experts")
  final void anImageOfFewEventsGoesOnBitForBit(final String name) {
    for (int events = 0; events < 70; events += 9) {
      final Expert original = open(name);
      learn(original, 2, events);
      final Expert restored = copy(original, schema);
      learn(original, 3, 80);
      learn(restored, 3, 80);
      assertSamePredictions(original, restored);
    }
  }

  /** What is not dirty need not be written again: the old chunk still is the state. */
  @ParameterizedTest
  @MethodSource("experts")
  final void cleanChunksAreAsTheyWereSaved(final String name) {
    final Expert expert = open(name);
    learn(expert, 2, 1500);
    final List<byte[]> saved = chunks(expert);
    expert.markClean();
    learn(expert, 4, 3);
    final List<byte[]> now = chunks(expert);
    for (int c = 0; c < now.size(); c++) {
      if (!expert.isDirty(c)) {
        assertArrayEquals(saved.get(c), now.get(c));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("experts")
  final void predictingChangesNothing(final String name) {
    final Expert asked = open(name);
    final Expert unasked = open(name);
    final SplittableRandom random = new SplittableRandom(4);
    final double[] p = new double[width];
    for (int t = 0; t < 500; t++) {
      final double[] x = event(random);
      asked.predict(x, p);
      asked.predict(new double[] {Double.NaN, t, 1}, p);
      asked.learn(x, target(x), 1);
      unasked.learn(x, target(x), 1);
    }
    assertSamePredictions(asked, unasked);
  }

  /** Growth allocates, and the step of a network, which is taken every eighth event. */
  @ParameterizedTest
  @MethodSource("withoutObjects")
  final void mostEventsAllocateNothing(final String name) {
    final Expert expert = open(name);
    learn(expert, 2, 5000);
    final SplittableRandom random = new SplittableRandom(7);
    final double[][] x = new double[500][];
    Arrays.setAll(x, t -> event(random));
    final double[] p = new double[width];
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
  final void learningWithItsPredictionIsTheSameAsWithout(final String name) {
    final Expert with = open(name);
    final Expert without = open(name);
    final SplittableRandom random = new SplittableRandom(8);
    final double[] p = new double[width];
    for (int t = 0; t < 700; t++) {
      final double[] x = event(random);
      with.predict(x, p);
      with.learn(x, target(x), 1, p);
      without.learn(x, target(x), 1);
    }
    assertSamePredictions(with, without);
  }

  /** Both classes, or 0 and 1, come equally often; the second counts four times as much. */
  @ParameterizedTest
  @MethodSource("weighing")
  final void anEventCountsAsOftenAsItsWeightSays(final String name) {
    final Expert expert = open(name);
    final SplittableRandom random = new SplittableRandom(9);
    final double[] x = {0.5, 0.5, 1};
    final double[] p = new double[width];
    double mean = 0;
    for (int t = 0; t < 3000; t++) {
      expert.predict(x, p);
      mean += t >= 2000 ? p[width - 1] / 1000 : 0;
      final int target = random.nextInt(2);
      expert.learn(x, target, target == 1 ? 4 : 1);
    }
    assertEquals(0.8, mean, 0.12);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  final void countsWhatAnEventCostsAndWhatItHolds(final String name) {
    final Expert expert = open(name);
    learn(expert, 2, 100);
    assertTrue(expert.operations() > 0);
    assertTrue(expert.sizeBytes() > 0);
  }

  @ParameterizedTest
  @MethodSource("experts")
  final void aCutImageIsRefused(final String name) {
    final Expert expert = open(name);
    learn(expert, 1, 200);
    final List<byte[]> chunks = chunks(expert);
    final byte[] last = chunks.get(chunks.size() - 1);
    for (int length = 0; length < last.length; length += 1 + last.length / 20) {
      chunks.set(chunks.size() - 1, Arrays.copyOf(last, length));
      assertThrows(MalformedImageException.class, () -> read(expert.kind(), schema, chunks), name);
    }
  }

  final Expert open(final String name) {
    return Experts.open(name, schema, 1);
  }

  static double[] event(final SplittableRandom random) {
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(2)};
  }

  final void learn(final Expert expert, final long seed, final int events) {
    final SplittableRandom random = new SplittableRandom(seed);
    for (int t = 0; t < events; t++) {
      final double[] x = event(random);
      expert.learn(x, target(x), 1);
    }
  }

  final void assertSamePredictions(final Expert a, final Expert b) {
    final double[] p = new double[width];
    final double[] q = new double[width];
    final SplittableRandom random = new SplittableRandom(9);
    for (int t = 0; t < 200; t++) {
      final double[] x = event(random);
      a.predict(x, p);
      b.predict(x, q);
      assertArrayEquals(p, q);
    }
  }

  static List<byte[]> chunks(final Expert expert) {
    final List<byte[]> chunks = new ArrayList<>();
    for (int c = 0; c < expert.chunkCount(); c++) {
      final ImageWriter out = new ImageWriter();
      expert.writeChunk(c, out);
      chunks.add(out.toByteArray());
    }
    return chunks;
  }

  static Expert copy(final Expert expert, final Schema schema) {
    return read(expert.kind(), schema, chunks(expert));
  }

  static Expert read(final String kind, final Schema schema, final List<byte[]> chunks) {
    return Experts.read(kind, schema, chunks.size(), c -> new ImageReader(chunks.get(c)));
  }
}
