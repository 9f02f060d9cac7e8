package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images of every released version load and predict as they did when they were written.
 *
 * <p>A resource holds the number of blocks, the blocks, and predictions on the instances of {@link
 * #instance}. {@link #main} writes those of the present version: run it once when a new version is
 * released, never over an old one.
 */
class OldImageTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.nominal("b", "x", "y", "z"), Feature.numeric("c")),
          List.of("no", "yes", "maybe"));

  private static final HoeffdingTreeOptions OPTIONS =
      HoeffdingTreeOptions.DEFAULTS.withGracePeriod(30).withTieThreshold(0.3);

  private static final int EVENTS = 3_000;

  /** Features of two values, whose statistics took more room in version 1. */
  private static final Schema PAIRS =
      new Schema(
          List.of(
              Feature.nominal("a", "p", "q"),
              Feature.nominal("b", "x", "y", "z"),
              Feature.nominal("c", "r", "s")),
          List.of("no", "yes", "maybe"));

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aHoeffdingTreeOfVersion(final int version) throws IOException {
    final HoeffdingTree tree = assertPredicts(SCHEMA, "hoeffding-tree-v" + version);
    assertEquals(17, tree.splits());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aHoeffdingTreeOfFeaturesOfTwoValuesOfVersion(final int version) throws IOException {
    final HoeffdingTree tree = assertPredicts(PAIRS, "hoeffding-tree-pairs-v" + version);
    final HoeffdingTree unsaved = new HoeffdingTree(PAIRS, OPTIONS);
    learn(unsaved, 0, EVENTS);
    assertArrayEquals(predictions(PAIRS, unsaved), predictions(PAIRS, tree), 1e-12);
    learn(unsaved, 1, EVENTS);
    learn(tree, 1, EVENTS);
    assertArrayEquals(predictions(PAIRS, unsaved), predictions(PAIRS, tree), 1e-12);
    assertEquals(unsaved.splits(), tree.splits());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aHoeffdingAdaptiveTreeOfVersion(final int version) throws IOException {
    final List<byte[]> blocks = new ArrayList<>();
    final double[] expected = load("hoeffding-adaptive-tree-v" + version + ".bin", blocks);
    final HoeffdingAdaptiveTree tree =
        HoeffdingAdaptiveTree.read(SCHEMA, blocks.size(), b -> new ImageReader(blocks.get(b)));
    assertArrayEquals(expected, predictions(SCHEMA, tree), 1e-12);
    assertEquals(18, tree.splits());
    assertEquals(3, tree.swaps());
  }

  private static HoeffdingTree assertPredicts(final Schema schema, final String name)
      throws IOException {
    final List<byte[]> blocks = new ArrayList<>();
    final double[] expected = load(name + ".bin", blocks);
    final HoeffdingTree tree =
        HoeffdingTree.read(schema, blocks.size(), b -> new ImageReader(blocks.get(b)));
    assertArrayEquals(expected, predictions(schema, tree), 1e-12);
    return tree;
  }

  private static double[] load(final String name, final List<byte[]> blocks) throws IOException {
    try (InputStream resource = OldImageTest.class.getResourceAsStream(name)) {
      assertNotNull(resource, name);
      final ImageReader in = new ImageReader(resource.readAllBytes());
      final int count = in.getInt();
      for (int b = 0; b < count; b++) {
        blocks.add(in.getBytes());
      }
      return in.getDoubles();
    }
  }

  private static double[] instance(final Schema schema, final Random random) {
    final double[] x = new double[schema.featureCount()];
    for (int f = 0; f < x.length; f++) {
      final int values = schema.features().get(f).values().size();
      x[f] = values == 0 ? random.nextGaussian() : random.nextInt(values);
    }
    return x;
  }

  private static double[] predictions(final Schema schema, final Expert expert) {
    final Random random = new Random(9);
    final int classes = schema.classCount();
    final double[] all = new double[50 * classes];
    final double[] one = new double[classes];
    for (int i = 0; i < 50; i++) {
      expert.predict(instance(schema, random), one);
      System.arraycopy(one, 0, all, i * classes, classes);
    }
    return all;
  }

  private static void learn(final HoeffdingTree tree, final int part, final int events) {
    final Random random = new Random(part);
    for (int i = 0; i < events; i++) {
      final double[] x = instance(PAIRS, random);
      final boolean noise = random.nextInt(5) == 0;
      tree.learn(x, noise ? 2 : x[0] == x[2] ? 0 : x[1] == 2 ? 2 : 1, 1);
    }
  }

  /** Writes the resources of the present version, the second argument, into a folder. */
  public static void main(final String[] args) throws IOException {
    final String version = args[1];
    final HoeffdingTree tree = new HoeffdingTree(SCHEMA, OPTIONS);
    final HoeffdingAdaptiveTree adaptive = new HoeffdingAdaptiveTree(SCHEMA, OPTIONS);
    final HoeffdingTree pairs = new HoeffdingTree(PAIRS, OPTIONS);
    final Random random = new Random(4);
    for (int i = 0; i < EVENTS; i++) {
      final double[] x = instance(SCHEMA, random);
      final double border = i < EVENTS / 2 ? x[0] : x[2];
      final int label = x[1] == 2 ? 2 : border > 0.3 ? 1 : 0;
      tree.learn(x, label, 1);
      adaptive.learn(x, label, 1);
    }
    learn(pairs, 0, EVENTS);
    write(Path.of(args[0], "hoeffding-tree-v" + version + ".bin"), SCHEMA, tree);
    write(Path.of(args[0], "hoeffding-adaptive-tree-v" + version + ".bin"), SCHEMA, adaptive);
    write(Path.of(args[0], "hoeffding-tree-pairs-v" + version + ".bin"), PAIRS, pairs);
  }

  private static void write(final Path file, final Schema schema, final Expert expert)
      throws IOException {
    final ImageWriter out = new ImageWriter();
    final List<byte[]> blocks = HoeffdingTreeImageTest.blocks(expert);
    out.putInt(blocks.size());
    blocks.forEach(out::putBytes);
    final double[] predictions = predictions(schema, expert);
    out.putDoubles(predictions, predictions.length);
    Files.write(file, out.toByteArray());
  }
}
