package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Images of every released version load and predict as they did when they were written.
 *
 * <p>A resource holds the number of blocks, the blocks, and predictions on the instances of {@link
 * #instances()}. {@link #main} writes those of the present version: run it once when a new version
 * is released, never over an old one.
 */
class OldImageTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.nominal("b", "x", "y", "z"), Feature.numeric("c")),
          List.of("no", "yes", "maybe"));

  @Test
  void aHoeffdingTreeOfVersion1() throws IOException {
    final List<byte[]> blocks = new ArrayList<>();
    final double[] expected = load("hoeffding-tree-v1.bin", blocks);
    final HoeffdingTree tree =
        HoeffdingTree.read(SCHEMA, blocks.size(), b -> new ImageReader(blocks.get(b)));
    assertArrayEquals(expected, predictions(tree), 1e-12);
    assertEquals(17, tree.splits());
  }

  @Test
  void aHoeffdingAdaptiveTreeOfVersion1() throws IOException {
    final List<byte[]> blocks = new ArrayList<>();
    final double[] expected = load("hoeffding-adaptive-tree-v1.bin", blocks);
    final HoeffdingAdaptiveTree tree =
        HoeffdingAdaptiveTree.read(SCHEMA, blocks.size(), b -> new ImageReader(blocks.get(b)));
    assertArrayEquals(expected, predictions(tree), 1e-12);
    assertEquals(18, tree.splits());
    assertEquals(3, tree.swaps());
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

  private static List<double[]> instances() {
    final List<double[]> instances = new ArrayList<>();
    final Random random = new Random(9);
    for (int i = 0; i < 50; i++) {
      instances.add(new double[] {random.nextGaussian(), random.nextInt(3), random.nextGaussian()});
    }
    return instances;
  }

  private static double[] predictions(final Expert expert) {
    final List<double[]> instances = instances();
    final int classes = SCHEMA.classCount();
    final double[] all = new double[instances.size() * classes];
    final double[] one = new double[classes];
    for (int i = 0; i < instances.size(); i++) {
      expert.predict(instances.get(i), one);
      System.arraycopy(one, 0, all, i * classes, classes);
    }
    return all;
  }

  /** Writes the resources of the present version into a folder. */
  public static void main(final String[] args) throws IOException {
    final HoeffdingTreeOptions options =
        HoeffdingTreeOptions.DEFAULTS.withGracePeriod(30).withTieThreshold(0.3);
    write(Path.of(args[0], "hoeffding-tree-v1.bin"), new HoeffdingTree(SCHEMA, options));
    write(
        Path.of(args[0], "hoeffding-adaptive-tree-v1.bin"),
        new HoeffdingAdaptiveTree(SCHEMA, options));
  }

  private static void write(final Path file, final Expert expert) throws IOException {
    final Random random = new Random(4);
    for (int i = 0; i < 3_000; i++) {
      final double[] x = {random.nextGaussian(), random.nextInt(3), random.nextGaussian()};
      final double border = i < 1_500 ? x[0] : x[2];
      expert.learn(x, x[1] == 2 ? 2 : border > 0.3 ? 1 : 0, 1);
    }
    final ImageWriter out = new ImageWriter();
    final List<byte[]> blocks = HoeffdingTreeImageTest.blocks(expert);
    out.putInt(blocks.size());
    blocks.forEach(out::putBytes);
    final double[] predictions = predictions(expert);
    out.putDoubles(predictions, predictions.length);
    Files.write(file, out.toByteArray());
  }
}
