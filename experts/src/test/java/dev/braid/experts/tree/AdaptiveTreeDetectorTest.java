package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An adaptive tree works with every detector there is. */
class AdaptiveTreeDetectorTest {
  private static final Schema SCHEMA =
      new Schema(List.of(Feature.numeric("a"), Feature.numeric("b")), List.of("no", "yes"));

  private static List<String> detectors() {
    return Detectors.REGISTRY.names();
  }

  private static AdaptiveTree tree(final String detector) {
    return new AdaptiveTree(
        SCHEMA,
        HoeffdingTreeOptions.DEFAULTS.withGracePeriod(50),
        1,
        Detectors.open(detector),
        Detectors.open(detector));
  }

  /** Learns a concept that turns into its opposite at the middle. */
  private static void learn(final AdaptiveTree tree, final Random random, final boolean opposite) {
    for (int i = 0; i < 4_000; i++) {
      final double[] x = {random.nextDouble(), random.nextDouble()};
      tree.learn(x, x[0] > 0.5 != opposite ? 1 : 0, 1);
    }
  }

  private static AdaptiveTree copy(final AdaptiveTree tree) {
    final List<byte[]> chunks = new ArrayList<>();
    for (int c = 0; c < tree.chunkCount(); c++) {
      final ImageWriter out = new ImageWriter();
      tree.writeChunk(c, out);
      chunks.add(out.toByteArray());
    }
    return AdaptiveTree.read(SCHEMA, chunks.size(), c -> new ImageReader(chunks.get(c)));
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void isReplacedWhenItsConceptTurnsIntoTheOpposite(final String detector) {
    final AdaptiveTree tree = tree(detector);
    learn(tree, new Random(1), false);
    tree.drainReplacements();
    learn(tree, new Random(2), true);
    assertTrue(tree.drainReplacements() > 0);
    final double[] p = new double[2];
    tree.predict(new double[] {0.9, 0.5}, p);
    assertTrue(p[0] > 0.9, "the old concept stayed: " + p[0]);
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void goesOnBitForBitFromItsImage(final String detector) {
    final AdaptiveTree tree = tree(detector);
    learn(tree, new Random(1), false);
    final AdaptiveTree copy = copy(tree);
    learn(tree, new Random(2), true);
    learn(copy, new Random(2), true);
    assertEquals(tree.drainReplacements(), copy.drainReplacements());
    final double[] ours = new double[2];
    final double[] theirs = new double[2];
    final Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      final double[] x = {random.nextDouble(), random.nextDouble()};
      tree.predict(x, ours);
      copy.predict(x, theirs);
      assertArrayEquals(ours, theirs);
    }
  }
}
