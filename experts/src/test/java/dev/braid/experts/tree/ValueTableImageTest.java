package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Images, growth and deltas of trees whose leaves keep tables of many values. */
class ValueTableImageTest {
  private static final int VALUES = 300;
  private static final HoeffdingTreeOptions OPTIONS =
      HoeffdingTreeOptions.DEFAULTS.withGracePeriod(100).withTieThreshold(0.2);

  private static Schema schema(final int values, final int classes) {
    return new Schema(
        List.of(nominal("carrier", values), Feature.numeric("time"), nominal("port", values)),
        IntStream.range(0, classes).mapToObj(c -> "c" + c).toList());
  }

  private static Feature nominal(final String name, final int values) {
    return Feature.nominal(
        name, IntStream.range(0, values).mapToObj(v -> "v" + v).toArray(String[]::new));
  }

  private static double[] event(final Random random, final int values) {
    final double port = Math.floor(values * random.nextDouble() * random.nextDouble());
    return new double[] {random.nextInt(values), random.nextGaussian(), port};
  }

  private static int label(final double[] x, final int classes) {
    return (int) ((x[0] % 5 + (x[1] > 0 ? x[2] % 3 : 0)) % classes);
  }

  private static void learn(
      final HoeffdingTree tree,
      final Random random,
      final int events,
      final int values,
      final int classes) {
    for (int i = 0; i < events; i++) {
      final double[] x = event(random, values);
      tree.learn(x, label(x, classes), 1);
    }
  }

  private static HoeffdingTree grown() {
    final HoeffdingTree tree = new HoeffdingTree(schema(VALUES, 2), OPTIONS);
    learn(tree, new Random(1), 4_000, VALUES, 2);
    assertTrue(tree.splits() > 0, "the tree must have split");
    return tree;
  }

  @Test
  void damageUnderAValidChecksumIsRefusedOrHarmlessAndAsksForLittleMemory() {
    final Schema schema = schema(VALUES, 2);
    final List<byte[]> good = HoeffdingTreeImageTest.chunks(grown());
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final Random random = new Random(2);
    final double[] probabilities = new double[2];
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      final List<byte[]> damaged = new ArrayList<>(good);
      final int chunk = random.nextInt(good.size());
      damaged.set(chunk, HoeffdingTreeImageTest.damagedUnderSeal(good.get(chunk), random));
      final long before = threads.getCurrentThreadAllocatedBytes();
      try {
        final HoeffdingTree read = HoeffdingTreeImageTest.read(schema, damaged);
        for (int i = 0; i < 5; i++) {
          final double[] x = event(random, VALUES);
          read.predict(x, probabilities);
          assertEquals(1.0, probabilities[0] + probabilities[1], 1e-9);
          read.learn(x, i % 2, 1);
        }
      } catch (final MalformedImageException expected) {
        refused++;
      }
      final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 32 << 20, allocated + " bytes for damage in chunk " + chunk);
    }
    assertTrue(refused > 300, refused + " refused");
  }

  @Test
  void anyChunkCutAtAnyLengthIsRefused() {
    final Schema schema = schema(VALUES, 2);
    final List<byte[]> good = HoeffdingTreeImageTest.chunks(grown());
    final Random random = new Random(3);
    for (int chunk = 0; chunk < good.size(); chunk++) {
      for (int round = 0; round < 5; round++) {
        final List<byte[]> cut = new ArrayList<>(good);
        final byte[] bytes = good.get(chunk);
        cut.set(chunk, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        assertThrows(MalformedImageException.class, () -> HoeffdingTreeImageTest.read(schema, cut));
      }
    }
  }

  @Test
  void newValuesAndClassesChangeNoPredictionOfTheOldOnes() {
    final HoeffdingTree tree = new HoeffdingTree(schema(2, 2), OPTIONS);
    final Random random = new Random(4);
    int values = 2;
    int classes = 2;
    // From pairs over rows to tables of several sizes.
    for (final int more : new int[] {3, 20, 32, 33, 60, 300}) {
      learn(tree, random, 1_500, values, classes);
      final List<double[]> before = predictions(tree, classes);
      values = more;
      classes++;
      tree.grow(schema(values, classes));
      final List<double[]> after = predictions(tree, classes);
      for (int i = 0; i < before.size(); i++) {
        assertArrayEquals(
            Arrays.copyOf(before.get(i), classes), after.get(i), 1e-12, "to " + more + " values");
      }
    }
    assertTrue(tree.splits() > 0, "the tree must have split");
  }

  /** Predictions of events made of the two oldest values, which every schema knows. */
  private static List<double[]> predictions(final HoeffdingTree tree, final int classes) {
    final Random random = new Random(5);
    final List<double[]> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      final double[] probabilities = new double[classes];
      tree.predict(event(random, 2), probabilities);
      all.add(probabilities);
    }
    return all;
  }

  @Test
  void aTreeSavedWhileItsSchemaGrowsGoesOnIdentically() {
    int values = 2;
    int classes = 2;
    HoeffdingTree saved = new HoeffdingTree(schema(values, classes), OPTIONS);
    final HoeffdingTree unsaved = new HoeffdingTree(schema(values, classes), OPTIONS);
    final List<byte[]> chunks = new ArrayList<>();
    for (final int more : new int[] {3, 20, 32, 33, 60, 300}) {
      learn(saved, new Random(more), 700, values, classes);
      learn(unsaved, new Random(more), 700, values, classes);
      values = more;
      classes++;
      saved.grow(schema(values, classes));
      unsaved.grow(schema(values, classes));
      learn(saved, new Random(-more), 300, values, classes);
      learn(unsaved, new Random(-more), 300, values, classes);
      HoeffdingTreeImageTest.save(saved, chunks);
      saved = HoeffdingTreeImageTest.read(schema(values, classes), chunks);
      assertEquals(unsaved.sizeBytes(), saved.sizeBytes());
      final double[] one = new double[classes];
      final double[] other = new double[classes];
      final Random random = new Random(6);
      for (int i = 0; i < 100; i++) {
        final double[] x = event(random, values);
        unsaved.predict(x, one);
        saved.predict(x, other);
        assertArrayEquals(one, other);
      }
    }
  }

  @Test
  void oneEventIsSavedAsThePagesOfItsLeafHoweverLargeTheTree() {
    final HoeffdingTree tree = new HoeffdingTree(schema(VALUES, 2), OPTIONS);
    final Random random = new Random(7);
    learn(tree, random, 40_000, VALUES, 2);
    final List<byte[]> whole = HoeffdingTreeImageTest.chunks(tree);
    final long bytes = whole.stream().mapToLong(chunk -> chunk.length).sum();
    assertTrue(bytes > 1_000_000, bytes + " bytes in all");
    final double[] x = event(random, VALUES);
    // Makes the rows and tables that the leaf needs for it.
    tree.learn(x, 1, 1);
    tree.markClean();

    tree.learn(x, 1, 1);

    int dirty = 0;
    long written = 0;
    for (int b = 0; b < tree.chunkCount(); b++) {
      if (tree.isDirty(b)) {
        final ImageWriter out = new ImageWriter();
        tree.writeChunk(b, out);
        dirty++;
        written += out.size();
      }
    }
    // The header, and the pages of the node, of its row, and of the tables of two features.
    assertTrue(dirty <= 5, dirty + " of " + whole.size() + " chunks");
    assertTrue(written < bytes / 40, written + " of " + bytes + " bytes");
  }

  @Test
  void whatChangedIsAllThereIsToSave() {
    final HoeffdingTree tree = grown();
    final List<byte[]> saved = new ArrayList<>();
    HoeffdingTreeImageTest.save(tree, saved);
    final Random random = new Random(8);
    for (int checkpoint = 0; checkpoint < 20; checkpoint++) {
      learn(tree, random, 1 + random.nextInt(200), VALUES, 2);
      HoeffdingTreeImageTest.save(tree, saved);
      final List<byte[]> now = HoeffdingTreeImageTest.chunks(tree);
      assertEquals(now.size(), saved.size());
      for (int b = 0; b < now.size(); b++) {
        assertArrayEquals(now.get(b), saved.get(b), "chunk " + b);
      }
    }
  }
}
