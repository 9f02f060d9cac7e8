package dev.braid.experts.moe.kind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What tells each kind of expert from a network with one hidden layer that learns by gradient. */
class MechanismsTest {
  private static final float[] ROW = {1, 2};

  private static boolean isZero(final float[] values) {
    for (final float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void factoredSeesNoMoreOfARowThanItsProjection() {
    final Alone expert = new Alone(new Factored(4, 1, false), 2, 2).scatter().set("down", 1, 2);
    assertArrayEquals(expert.say(3, 1), expert.say(1, 2));
    assertFalse(Arrays.equals(expert.say(3, 1), expert.say(1, 3)));
  }

  @Test
  void latentExpertsShareTheProjectionAndHaveTheirMapsForThemselves() {
    final Alone expert = new Alone(new Factored(4, 2, true), 3, 2).scatter();
    assertEquals(2 * 3, expert.shared().length);
    assertEquals(4 * 2 + 4 + 2 * 4 + 2, expert.theta().length);
    expert.shared()[0] = 1;
    expert.learn(new float[] {1, 2, 3}, new int[] {0}, 1, 0);
    assertFalse(isZero(expert.sharedGradient()));
  }

  @Test
  void fffAnswersByOneLeafAndLearnsInAll() {
    final Fff tree = new Fff(1, 2, 0, false, 0);
    final Alone expert = new Alone(tree, 2, 2).scatter().set("node", 1, 0).set("node-bias", 0);
    final float[] right = expert.say(2, 1);
    final float[] soft = expert.pass(true, 2, 1);
    // The left leaf's answer has no part in what is said on the right.
    expert.set("b2", 100, -100);
    assertArrayEquals(right, expert.say(2, 1));
    assertTrue(Math.abs(expert.pass(true, 2, 1)[0] - soft[0]) > 1);
    assertTrue(expert.say(-2, 1)[0] > 50);
  }

  @Test
  void fffHardensItsDecisions() {
    final Fff tree = new Fff(1, 1, 1, false, 0);
    final Alone expert = new Alone(tree, 1, 2).set("node", 0.1f);
    for (int i = 0; i < 200; i++) {
      expert.step(1, new float[] {2, -2}, 0, 0);
    }
    assertTrue(expert.theta()[0] > 1, "further from 1/2 than it was: " + expert.theta()[0]);
  }

  @Test
  void aMasterLeafAnswersWhereverTheTreeGoes() {
    final Alone expert = new Alone(new Fff(1, 1, 0, true, 0), 1, 2).set("node", 1);
    expert.set("b2", 0, 0, 0, 0, 6, 0);
    assertEquals(3, expert.say(5)[0], 1e-5);
    assertEquals(3, expert.say(-5)[0], 1e-5);
  }

  @Test
  void evenLoadIsALossOfFff() {
    final Alone expert = new Alone(new Fff(1, 1, 0, false, 1), 1, 2).set("node-bias", 1);
    expert.learn(new float[] {1, 1}, new int[] {0, 0});
    assertTrue(expert.gradientOf("node-bias")[0] > 0, "rows that all go right are drawn left");
  }

  @Test
  void anEdgeOfKanIsAFunctionOfItsOwn() {
    final Alone expert = new Alone(new Kan(1, 6), 2, 2);
    // A hump in the middle of the grid for the first input, the second has no edge.
    expert.set("c1", 0, 0, 0, 0, 3).set("w2", 1, -1);
    assertTrue(expert.say(0, 0)[0] > 1);
    assertEquals(0, expert.say(-3, 0)[0], 1e-6);
    assertEquals(0, expert.say(3, 0)[0], 1e-6);
    assertArrayEquals(expert.say(0, 0), expert.say(0, 2));
  }

  @Test
  void nothingOfTheOutputGoesBackwardInMonoForward() {
    final Alone expert = new Alone(new MonoForward(3), 2, 2).scatter();
    expert.learn(ROW, new int[] {1}, 1, -1);
    final float[] units = expert.gradientOf("w1");
    assertFalse(isZero(units));
    expert.set("w2", 9, 9, 9, 9, 9, 9);
    expert.learn(ROW, new int[] {1}, -5, 3);
    assertArrayEquals(units, expert.gradientOf("w1"));
  }

  @Test
  void forwardForwardRaisesTheGoodnessOfTheRightClassAndLowersTheWrongOnes() {
    final Alone expert = new Alone(new ForwardForward(6, false), 2, 2).scatter();
    for (int i = 0; i < 300; i++) {
      expert.step(0.1, ROW, 1);
    }
    final float[] goodness = expert.say(ROW);
    assertTrue(goodness[1] > 2 * 2 && goodness[0] < 2 * 2, Arrays.toString(goodness));
  }

  @Test
  void collaboratingLayersSeeEachOthersGoodness() {
    final Alone own = new Alone(new ForwardForward(3, false), 2, 2).scatter();
    own.learn(ROW, new int[] {1});
    final float[] before = own.gradientOf("w1");
    own.set("b2", 5, 5, 5);
    own.learn(ROW, new int[] {1});
    assertArrayEquals(before, own.gradientOf("w1"));
    final Alone both = new Alone(new ForwardForward(3, true), 2, 2).scatter();
    both.learn(ROW, new int[] {1});
    final float[] together = both.gradientOf("w1");
    both.set("b2", 5, 5, 5);
    both.learn(ROW, new int[] {1});
    assertFalse(Arrays.equals(together, both.gradientOf("w1")));
  }

  @Test
  void pepitaLearnsFromTheSecondPassWithNoWayBackThroughTheOutput() {
    final Alone expert = new Alone(new Pepita(3), 2, 2).scatter();
    // A gradient would be 0 behind an output layer of zeros.
    expert.set("w2", 0, 0, 0, 0, 0, 0);
    expert.learn(ROW, new int[] {1});
    assertFalse(isZero(expert.gradientOf("w1")));
    // Without an error both passes are the same.
    expert.set("b2", -50, 50);
    expert.learn(ROW, new int[] {1});
    assertTrue(isZero(expert.gradientOf("w1")));
  }

  @Test
  void theFirstLayerOfTopDownSeesTheSecondAndHearsNothingOfItsLoss() {
    final Alone expert = new Alone(new TopDown(2), 2, 2).scatter().set("b2", 3, 3);
    expert.set("b1", 3, 3);
    final float[] heard = expert.say(ROW);
    expert.set("down", 0, 0, 0, 0);
    assertFalse(Arrays.equals(heard, expert.say(ROW)));
    expert.set("class1", 0, 0, 0, 0);
    expert.learn(ROW, new int[] {1});
    assertTrue(isZero(expert.gradientOf("w1")), "its own class vectors say nothing");
    assertFalse(isZero(expert.gradientOf("w2")));
  }

  @Test
  void groupsOfBoostLearnWhatThoseBeforeThemLeave() {
    final Alone expert = new Alone(new Boost(2, 2, 0), 2, 2).scatter();
    // The second group says the class for certain: the first one does not know.
    expert.set("w2", 1, 1, -9, -9, 1, -1, 9, 9).set("b1", 9, 9, 9, 9);
    expert.learn(ROW, new int[] {1});
    final float[] first = expert.gradientOf("w1");
    assertFalse(isZero(Arrays.copyOfRange(first, 0, 4)));
    // The first group says it: nothing is left for the second.
    expert.set("w2", -9, -9, 1, 1, 9, 9, 1, -1);
    expert.learn(ROW, new int[] {1});
    assertTrue(isZero(Arrays.copyOfRange(expert.gradientOf("w1"), 4, 8)));
  }

  @Test
  void laterGroupsMayBeLeftOut() {
    final Alone one = new Alone(new Boost(2, 2, 1), 2, 2).scatter().set("b1", 9, 9, 9, 9);
    final float[] said = one.say(ROW);
    one.set("w2", one.theta()[one.at("w2")], one.theta()[one.at("w2") + 1], 5, 5);
    assertArrayEquals(said, one.say(ROW));
    assertFalse(Arrays.equals(said, one.pass(true, ROW)), "all learn");
  }

  @Test
  void aPrototypeSaysWhatRowsLikeItAreAndIsDrawnToThem() {
    final Alone expert = new Alone(new Prototype(2, 1), 2, 2);
    expert.set("rows", 4, 4, -4, -4).set("w", 3, 0, 0, 3);
    assertArrayEquals(new float[] {3, 0}, expert.say(4, 4), 1e-4f);
    assertArrayEquals(new float[] {0, 3}, expert.say(-4, -4), 1e-4f);
    for (int i = 0; i < 50; i++) {
      expert.step(0.1, new float[] {3, 5}, 0);
    }
    assertArrayEquals(new float[] {3, 5, -4, -4}, Arrays.copyOf(expert.theta(), 4), 0.01f);
  }

  @Test
  void aSecondHopAsksWithWhatTheFirstBrought() {
    assertArrayEquals(new float[] {0, 3}, afterHops(1), 0.01f);
    assertArrayEquals(new float[] {3, 0}, afterHops(2), 0.01f);
  }

  /** What is brought for a row that is like one whose value points to another. */
  private static float[] afterHops(final int hops) {
    final Alone expert = new Alone(new Attention(2, 2, hops), 2, 2);
    expert.set("query", 1, 0, 0, 1).set("key", 30, 0, 0, 30).set("value", 0, 3, 3, 0);
    expert.learn(new float[] {1, 0, 0, 1}, new int[] {0, 1});
    expert.set("w", 1, 0, 0, 1);
    return expert.say(1, 0);
  }

  @Test
  void attentionBringsTheClassOfRowsLikeIt() {
    final Alone expert = new Alone(new Attention(4, 1, 1), 1, 2);
    expert.set("query", 9).set("key", 1).set("class", 1, -1).set("w", 1, -1);
    expert.learn(new float[] {2, -2}, new int[] {0, 1});
    assertTrue(expert.say(2)[0] > 0.9);
    assertTrue(expert.say(-2)[0] < -0.9);
  }

  @Test
  void patchesThatAreNotTakenCountForNothing() {
    final Alone expert = new Alone(new Patches(2, 1, 3), 6, 2).scatter().set("rate", 1, 0);
    final float[] best = expert.say(0, 3, 5, 1, 1, 1);
    assertArrayEquals(best, expert.say(2, -3, 5, 1, 4, 9));
    assertArrayEquals(best, expert.say(5, 1, 0, 0, 0, 0), "wherever in the row it is");
    assertFalse(Arrays.equals(best, expert.say(0, 3, 5, 2, 1, 1)));
  }

  @Test
  void theFirstUnitsOfANestedExpertAreAnExpertTooAndLearn() {
    final Alone wide = new Alone(new Nested(4, 2, 0), 2, 2).scatter().set("b1", 4, 4, 4, 4);
    final Alone narrow = new Alone(new Nested(4, 2, 1), 2, 2).scatter().set("b1", 4, 4, 4, 4);
    final float[] half = narrow.say(ROW);
    narrow.set("b1", narrow.theta()[8], narrow.theta()[9], 50, 50);
    assertArrayEquals(half, narrow.say(ROW), "the other half has no part in it");
    assertFalse(Arrays.equals(half, wide.say(ROW)));
    // With nothing from the layer's loss only the narrow one teaches.
    wide.learn(ROW, new int[] {0});
    final float[] gradient = wide.gradientOf("b1");
    assertFalse(isZero(Arrays.copyOf(gradient, 2)));
    assertTrue(isZero(Arrays.copyOfRange(gradient, 2, 4)));
  }

  @Test
  void ternaryComputesWithThreeValuesAndKeepsTheFullOnes() {
    final Alone expert = new Alone(new Ternary(new Linear()), 2, 2);
    expert.set("w", 2, -1.9f, 0.1f, 0);
    // The mean size of those that are not 0 is 4/3.
    assertArrayEquals(new float[] {4f / 3, 0}, expert.say(1, 0), 1e-5f);
    assertArrayEquals(new float[] {-4f / 3, 0}, expert.say(0, 1), 1e-5f);
    expert.learn(new float[] {1, 2}, new int[] {0}, 1, 0);
    assertArrayEquals(new float[] {1, 2, 0, 0}, expert.gradientOf("w"));
    assertEquals(0.1f, expert.theta()[2]);
  }

  @Test
  void tripletsBringRowsOfAClassTogetherAndTakeOthersAway() {
    final Alone expert = new Alone(new Triplet(6, 2, 10), 1, 2).scatter();
    // Classes alternate along the input: no hyperplane parts them.
    final float[] x = {-3, -1, 1, 3, -3.1f, -1.1f, 1.1f, 3.1f};
    final int[] labels = {0, 1, 0, 1, 0, 1, 0, 1};
    for (int i = 0; i < 2000; i++) {
      expert.step(0.3, x, labels);
    }
    final float[] out = expert.say(x);
    int right = 0;
    for (int r = 0; r < 8; r++) {
      right += out[2 * r + labels[r]] > out[2 * r + 1 - labels[r]] ? 1 : 0;
    }
    assertTrue(right >= 6, Arrays.toString(out));
  }

  @Test
  void aMultilinearExpertIsAVectorOfEachLayer() {
    final Alone expert = new Alone(new Multilinear(3, 2), 4, 2).scatter();
    assertEquals(2 + 2, expert.theta().length);
    for (int i = 0; i < expert.shared().length; i++) {
      expert.shared()[i] = 1 + 0.1f * i;
    }
    final float[] said = expert.say(1, 2, 3, 4);
    // Without a factor in its second vector it has nothing to say but the shared bias.
    final float[] bias =
        Arrays.copyOfRange(expert.shared(), expert.sharedAt("b2"), expert.sharedAt("b2") + 2);
    expert.set("n2", 0, 0);
    assertFalse(Arrays.equals(said, expert.say(1, 2, 3, 4)));
    assertArrayEquals(bias, expert.say(1, 2, 3, 4), 1e-5f);
  }

  @Test
  void aPieceOfLowRankBeginsAsTheNetBelowItAndMayFreezeThat() {
    final Alone piece = new Alone(new Lora(3, 1, 2, 1), 2, 2).scatter();
    final Alone net = new Alone(new Mlp(3), 2, 2).scatter();
    System.arraycopy(net.theta(), 0, piece.shared(), 0, net.theta().length);
    piece.set("p1", 0, 0, 0).set("p2", 0, 0);
    assertArrayEquals(net.say(ROW), piece.say(ROW));
    piece.learn(ROW, new int[] {0}, 1, -1);
    assertFalse(isZero(piece.sharedGradient()));
    piece.learn(ROW, new int[] {0}, 1, -1);
    Arrays.fill(piece.sharedGradient(), 0);
    piece.learn(ROW, new int[] {0}, 1, -1);
    assertTrue(isZero(piece.sharedGradient()));
    assertFalse(isZero(piece.gradientOf("p2")));
  }

  @Test
  void whatAHyperNetworkWritesDoesNotGrowWithTheEmbedding() {
    assertEquals(written(1, true), written(1 + 2 * (float) Math.PI, true), 1e-3);
    assertTrue(written(7, false) > 4 * written(1, false));
  }

  private static float written(final float embedding, final boolean invariant) {
    final Alone expert = new Alone(new Hyper(1, 1, 1, invariant), 1, 2).set("embedding", embedding);
    for (final String one : new String[] {"m", "h1", "h2"}) {
      expert.shared()[expert.sharedAt(one)] = 1;
    }
    return expert.say(1)[0];
  }

  @Test
  void productKeysFindTheValueOfThePairThatTheQueryPointsTo() {
    final Alone memory = new Alone(new ProductKeys(2, 1, 1), 2, 2);
    memory.set("query", 1, 0, 0, 1).set("keys", 1, -1, 1, -1);
    memory.set("values", 1, 0, 2, 0, 3, 0, 4, 0);
    assertEquals(1, memory.say(5, 5)[0]);
    assertEquals(2, memory.say(5, -5)[0]);
    assertEquals(3, memory.say(-5, 5)[0]);
    assertEquals(4, memory.say(-5, -5)[0]);
    memory.learn(new float[] {5, -5}, new int[] {0}, 1, 1);
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0}, memory.gradientOf("values"));
  }
}
