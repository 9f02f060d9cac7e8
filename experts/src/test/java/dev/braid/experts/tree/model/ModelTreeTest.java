package dev.braid.experts.tree.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leaf of a model tree predicts. */
class ModelTreeTest {
  private static final Schema SCHEMA = Schema.ofQuantity(List.of(Feature.numeric("a")));

  /** What a tree that is one leaf says at 1 of a line from 0 at -1 to 10 at 1. */
  private static double ofALine(final String better) {
    final Expert tree =
        Experts.open("model-tree(grace-period=100000,better=" + better + ")", SCHEMA, 1);
    for (int t = 0; t < 2_000; t++) {
      final double x = t % 21 / 10.0 - 1;
      tree.learn(new double[] {x}, 5 + 5 * x, 1);
    }
    final double[] out = new double[1];
    tree.predict(new double[] {1}, out);
    return out[0];
  }

  @Test
  void aLeafSaysWhatItsModelDoesWhereThatErrsLessByFar() {
    assertEquals(10, ofALine("1"), 0.1);
    assertEquals(10, ofALine("0.6"), 0.1);
  }

  @Test
  void aLeafWhoseModelIsNeverHeardSaysItsMean() {
    assertEquals(5, ofALine("0"), 0.1);
  }
}
