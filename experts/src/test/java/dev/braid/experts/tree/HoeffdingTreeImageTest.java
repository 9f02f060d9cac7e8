package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoeffdingTreeImageTest {

  @Test
  void aTreeReadBackPredictsAndGoesOnLearningIdentically() {
    for (int seed = 0; seed < 40; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final HoeffdingTreeOptions options =
          HoeffdingTreePropertyTest.randomOptions(seed).withMaxBytes(20_000 + 1_000L * seed);
      final HoeffdingTree first = new HoeffdingTree(stream.schema(), options);
      learn(stream, 1_500, first);
      final HoeffdingTree second = read(stream.schema(), chunks(first));
      assertIdentical(stream, 1_500, first, second);
    }
  }

  @Test
  void aTreeOfFeaturesWithManyValuesIsSavedInPartsAndGoesOnIdentically() {
    final String[] values = IntStream.range(0, 200).mapToObj(v -> "v" + v).toArray(String[]::new);
    final Schema schema =
        new Schema(
            List.of(Feature.nominal("a", values), Feature.nominal("b", values)),
            List.of("no", "yes"));
    final HoeffdingTreeOptions options =
        HoeffdingTreeOptions.DEFAULTS
            .withGracePeriod(50)
            .withTieThreshold(0.3)
            .withMaxBytes(150_000);
    HoeffdingTree tree = new HoeffdingTree(schema, options);
    final HoeffdingTree unsaved = new HoeffdingTree(schema, options);
    final Random random = new Random(5);
    final List<byte[]> saved = new ArrayList<>();
    final double[] one = new double[2];
    final double[] other = new double[2];
    for (int i = 0; i < 6_000; i++) {
      final double[] x = {random.nextInt(200), random.nextInt(200) * random.nextDouble()};
      x[1] = Math.floor(x[1]);
      tree.predict(x, one);
      unsaved.predict(x, other);
      assertArrayEquals(other, one);
      final int label = (x[0] + x[1]) % 7 < 3 ? 1 : 0;
      tree.learn(x, label, 1);
      unsaved.learn(x, label, 1);
      if (i % 500 == 499) {
        save(tree, saved);
        tree = read(schema, saved);
        assertEquals(unsaved.sizeBytes(), tree.sizeBytes(), "after " + i + " events");
      }
    }
    assertTrue(tree.splits() > 0);
  }

  @Test
  void chunksWrittenWhenDirtyAreTheWholeState() {
    for (int seed = 0; seed < 20; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final HoeffdingTreeOptions options =
          HoeffdingTreePropertyTest.randomOptions(seed).withMaxBytes(15_000 + 1_000L * seed);
      final HoeffdingTree tree = new HoeffdingTree(stream.schema(), options);
      final List<byte[]> saved = new ArrayList<>();
      for (int checkpoint = 0; checkpoint < 12; checkpoint++) {
        learn(stream, 1 + stream.nextInt(300), tree);
        save(tree, saved);
      }
      final HoeffdingTree restored = read(stream.schema(), saved);
      assertIdentical(stream, 500, tree, restored);
    }
  }

  @Test
  void oneEventMakesTheHeaderOneNodePageAndOneStatisticsPageDirty() {
    final HoeffdingTree tree = grownTree();
    assertTrue(tree.chunkCount() > 20, tree.chunkCount() + " chunks");
    final double[] x = {0.3, 0.2, 0.9, 0.4, 0.5};
    // The first event of a class in a leaf also makes a row for the class.
    tree.learn(x, 1, 1);
    tree.markClean();
    tree.learn(x, 1, 1);
    int dirty = 0;
    int bytes = 0;
    for (int b = 0; b < tree.chunkCount(); b++) {
      if (tree.isDirty(b)) {
        dirty++;
        final ImageWriter out = new ImageWriter();
        tree.writeChunk(b, out);
        bytes += out.size();
      }
    }
    assertEquals(3, dirty);
    assertTrue(bytes < 10_000, bytes + " bytes");
  }

  @Test
  void nothingIsDirtyAfterSavingUntilSomethingIsLearned() {
    final HoeffdingTree tree = grownTree();
    tree.markClean();
    tree.predict(new double[5], new double[2]);
    for (int b = 0; b < tree.chunkCount(); b++) {
      assertFalse(tree.isDirty(b), "chunk " + b);
    }
  }

  @Test
  void anyDamagedByteIsRefused() {
    final HoeffdingTree tree = grownTree();
    final List<byte[]> good = chunks(tree);
    final Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      final List<byte[]> damaged = new ArrayList<>(good);
      final int chunk = random.nextInt(good.size());
      final byte[] bytes = good.get(chunk).clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      damaged.set(chunk, bytes);
      assertThrows(MalformedImageException.class, () -> read(Schema.numeric(5, 2), damaged));
    }
  }

  @Test
  void damageUnderAValidChecksumNeverReadsOutOfBounds() {
    final HoeffdingTree tree = grownTree();
    final List<byte[]> good = chunks(tree);
    final Random random = new Random(2);
    final double[] x = {0.1, 0.9, 0.4, 0.3, 0.2};
    final double[] probabilities = new double[2];
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      final List<byte[]> damaged = new ArrayList<>(good);
      final int chunk = random.nextInt(Math.min(4, good.size()));
      damaged.set(chunk, damagedUnderSeal(good.get(chunk), random));
      try {
        final HoeffdingTree read = read(Schema.numeric(5, 2), damaged);
        read.predict(x, probabilities);
        assertEquals(1.0, probabilities[0] + probabilities[1], 1e-9);
        read.learn(x, 1, 1);
      } catch (final MalformedImageException expected) {
        refused++;
      }
    }
    assertTrue(refused > 1_000, refused + " refused");
  }

  @Test
  void aCutOrMissingChunkIsRefused() {
    final List<byte[]> good = chunks(grownTree());
    final Schema schema = Schema.numeric(5, 2);
    assertThrows(
        MalformedImageException.class, () -> read(schema, good.subList(0, good.size() - 1)));
    final List<byte[]> cut = new ArrayList<>(good);
    cut.set(1, Arrays.copyOf(good.get(1), good.get(1).length / 2));
    assertThrows(MalformedImageException.class, () -> read(schema, cut));
  }

  @Test
  void anImageOfAnotherSchemaIsRefused() {
    final List<byte[]> good = chunks(grownTree());
    assertThrows(MalformedImageException.class, () -> read(Schema.numeric(6, 2), good));
    assertThrows(MalformedImageException.class, () -> read(Schema.numeric(5, 9), good));
  }

  static HoeffdingTree grownTree() {
    final HoeffdingTree tree =
        new HoeffdingTree(
            Schema.numeric(5, 2),
            HoeffdingTreeOptions.DEFAULTS.withGracePeriod(20).withTieThreshold(0.3));
    final Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      final double[] x = random.doubles(5).toArray();
      tree.learn(x, x[0] * x[1] > x[2] * x[3] ? 1 : 0, 1);
    }
    return tree;
  }

  static byte[] damagedUnderSeal(final byte[] chunk, final Random random) {
    final byte[] bytes = Arrays.copyOf(chunk, chunk.length - ImageWriter.CHECKSUM_BYTES);
    final int at = 8 + random.nextInt(Math.min(bytes.length - 8, 400));
    bytes[at] = (byte) random.nextInt(256);
    return new ImageWriter().putRaw(bytes).toByteArray();
  }

  static void learn(final RandomStream stream, final int events, final HoeffdingTree... trees) {
    for (int i = 0; i < events; i++) {
      final double[] x = stream.next();
      final double weight = stream.weight();
      for (final HoeffdingTree tree : trees) {
        tree.learn(x, stream.label(), weight);
      }
    }
  }

  private static void assertIdentical(
      final RandomStream stream,
      final int events,
      final HoeffdingTree first,
      final HoeffdingTree second) {
    final double[] one = new double[stream.schema().classCount()];
    final double[] other = one.clone();
    for (int i = 0; i < events; i++) {
      final double[] x = stream.next();
      first.predict(x, one);
      second.predict(x, other);
      assertArrayEquals(one, other);
      final double weight = stream.weight();
      first.learn(x, stream.label(), weight);
      second.learn(x, stream.label(), weight);
    }
    assertEquals(first.splits(), second.splits());
    assertEquals(first.leaves(), second.leaves());
    assertEquals(first.tree.nodes.inUse(), second.tree.nodes.inUse());
  }

  static List<byte[]> chunks(final Part state) {
    final List<byte[]> chunks = new ArrayList<>();
    for (int b = 0; b < state.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      state.writeChunk(b, out);
      chunks.add(out.toByteArray());
    }
    return chunks;
  }

  /** Saves what changed, as a checkpoint does. */
  static void save(final Part state, final List<byte[]> saved) {
    final int count = state.chunkCount();
    while (saved.size() > count) {
      saved.remove(saved.size() - 1);
    }
    for (int b = 0; b < count; b++) {
      if (state.isDirty(b) || b >= saved.size()) {
        assertTrue(state.isDirty(b), "a new chunk is dirty");
        final ImageWriter out = new ImageWriter();
        state.writeChunk(b, out);
        if (b < saved.size()) {
          saved.set(b, out.toByteArray());
        } else {
          saved.add(out.toByteArray());
        }
      }
    }
    state.markClean();
  }

  static HoeffdingTree read(final Schema schema, final List<byte[]> chunks) {
    return HoeffdingTree.read(schema, chunks.size(), b -> new ImageReader(chunks.get(b)));
  }
}
