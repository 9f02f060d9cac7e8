package dev.braid.experts.moe.kind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What tells kinds that are made of others, or share parts, from those. */
class FurtherMechanismsTest {
  private static final float[] ROW = {1, 2};

  private static float[] shared(final Alone expert, final String tensor, final float... values) {
    System.arraycopy(values, 0, expert.shared(), expert.sharedAt(tensor), values.length);
    return expert.shared();
  }

  @Test
  void aViewSeesItsGroupOfTheInputsAlone() {
    final Alone expert = new Alone(new View(new Mlp(3), 1, 2, 2), 6, 2).scatter();
    final float[] before = expert.theta().clone();
    final float[] said = expert.say(1, 2, 3, 4, 5, 6);
    assertArrayEquals(said, expert.say(0, 0, 3, 4, 9, 9));
    assertFalse(Arrays.equals(said, expert.say(1, 2, 3, 5, 5, 6)));
    assertArrayEquals(before, expert.theta(), "the weights of the others stay as they were");
    expert.learn(new float[] {1, 2, 3, 4, 5, 6}, new int[] {0}, 1, -1);
    for (int i = 0; i < 18; i++) {
      assertTrue(expert.gradient()[i] == 0 || i % 6 / 2 == 1, "input " + i % 6);
    }
  }

  @Test
  void aNodeOfASelectableKanChoosesTheSpaceOfItsFunctions() {
    final Alone expert = new Alone(new SelectableKan(1), 1, 2).set("w2", 1, -1);
    // A spline, a hump on the right, a sine.
    expert.set("c1", 3, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0);
    final float[] spline = saysIn(expert, 0);
    final float[] hump = saysIn(expert, 1);
    final float[] sine = saysIn(expert, 2);
    assertEquals(spline[1], spline[2], 1e-6, "a spline is constant beyond its grid");
    assertTrue(hump[0] > 1 && hump[1] < 0.01 && hump[2] < 0.01, Arrays.toString(hump));
    assertTrue(sine[0] > 1);
    assertEquals(sine[0], saysIn(expert, 2, 2.25f + 6)[0], 1e-3, "a sine comes again");
    expert.set("space1", 0, 0, 0);
    expert.learn(new float[] {2.25f}, new int[] {0}, -1, 0);
    final float[] towards = expert.gradientOf("space1");
    assertTrue(towards[1] < towards[0], "the space that says more of what is wanted is drawn near");
  }

  private static float[] saysIn(final Alone expert, final int space, final float... x) {
    final float[] chosen = new float[3];
    chosen[space] = 50;
    expert.set("space1", chosen);
    final float[] at = x.length > 0 ? x : new float[] {2.25f, -7, -9};
    final float[] said = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      said[i] = expert.say(at[i])[0];
    }
    return said;
  }

  @Test
  void onePartOfAPieceLearnsAtATimeAndAllAnswer() {
    final Alone piece = new Alone(new Lora(3, 4, 0, 4), 2, 2).scatter();
    final Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      piece.learn(ROW, new int[] {0}, 1, -1);
      final float[] gradient = piece.gradientOf("p2");
      int parts = 0;
      for (int part = 0; part < 4; part++) {
        if (gradient[part] != 0) {
          parts++;
          seen.add(part);
        }
      }
      assertTrue(parts <= 1, Arrays.toString(gradient));
    }
    assertEquals(4, seen.size());
    final Alone whole = new Alone(new Lora(3, 4, 0, 1), 2, 2).scatter();
    assertArrayEquals(whole.say(ROW), piece.say(ROW));
  }

  @Test
  void theSecondLayerThatARecurrentNetworkWritesDependsOnTheFirst() {
    final Alone expert = new Alone(new HyperRnn(1, 1, 1), 1, 2).set("embedding", 1);
    shared(expert, "m", 0.5f);
    shared(expert, "h1", 1);
    shared(expert, "h2", 1, 0);
    final float first = (float) Math.tanh(0.5);
    assertEquals(first * first, expert.say(1)[0], 1e-6);
    shared(expert, "u", 2);
    assertEquals(first * Math.tanh(2 * first + 0.5), expert.say(1)[0], 1e-6);
    // What the second layer is to be teaches the state that wrote the first.
    shared(expert, "h1", 0);
    shared(expert, "w1", 1);
    expert.learn(new float[] {1}, new int[] {0}, 1, 0);
    assertTrue(expert.gradient()[0] != 0);
    assertTrue(expert.sharedGradient()[expert.sharedAt("u")] != 0);
  }

  @Test
  void adaptersHaveARouterOfTheirOwnAndGoOnWhereTheExpertIsFrozen() {
    final Alone expert = new Alone(new Perft(2, 1, 2, 1, 1), 2, 2);
    shared(expert, "router", 1, 0, -1, 0);
    shared(expert, "a", 0, 1, 0, 1);
    shared(expert, "p", 1, 0, 0, 1);
    assertArrayEquals(new float[] {3, 0}, expert.say(5, 3));
    assertArrayEquals(new float[] {0, 3}, expert.say(-5, 3));
    expert.set("b1", 1, 1);
    expert.learn(new float[] {5, 3}, new int[] {0}, 1, -1);
    assertTrue(expert.gradientOf("b2")[0] != 0);
    expert.learn(new float[] {5, 3}, new int[] {0}, 1, -1);
    assertEquals(0, expert.gradientOf("b2")[0]);
    final int p = expert.sharedAt("p");
    assertTrue(expert.sharedGradient()[p] > 0);
    assertEquals(0, expert.sharedGradient()[p + 2], "the adapter that was not chosen");
  }

  @Test
  void expertsReadOneStoreByKeysAndValuesOfTheirOwn() {
    final Knowledge kind = new Knowledge(2, 1, 1);
    final Alone expert = new Alone(kind, 1, 2).set("query", 1).set("key", 1).set("value", 1, 0);
    final Alone other = new Alone(kind, 1, 2).set("query", 1).set("key", -1).set("value", 0, 1);
    for (final Alone each : new Alone[] {expert, other}) {
      shared(each, "store", 2, -1);
    }
    // A row of 3 meets the slot of 2 in one expert, and that of -1 in the other.
    assertArrayEquals(new float[] {3 * 2 * 2, 0}, expert.say(3));
    assertArrayEquals(new float[] {0, -3}, other.say(3));
    assertEquals(new Alone(new Knowledge(99, 1, 1), 1, 2).theta().length, expert.theta().length);
    expert.learn(new float[] {3}, new int[] {0}, 1, 0);
    assertArrayEquals(new float[] {12, 0}, expert.sharedGradient(), 1e-5f);
  }

  @Test
  void anExpertOfATreeChoosesTheSharedResidualsThatItsOwnTakesIn() {
    final ResidualTree kind = new ResidualTree(1, 2, 1, 1);
    final Alone left = new Alone(kind, 2, 2).set("router", 1, 0, -1, 0).set("up", 1, 0);
    final Alone right = new Alone(kind, 2, 2).set("router", -1, 0, 1, 0).set("up", 0, 1);
    for (final Alone each : new Alone[] {left, right}) {
      shared(each, "a", 0, 1, 0, 1);
      shared(each, "p", 2, 3);
    }
    assertArrayEquals(new float[] {2 * 4, 0}, left.say(1, 4));
    assertArrayEquals(new float[] {0, 3 * 4}, right.say(1, 4));
    left.learn(new float[] {1, 4}, new int[] {0}, 1, 0);
    final int p = left.sharedAt("p");
    assertEquals(4, left.sharedGradient()[p], 1e-6);
    assertEquals(0, left.sharedGradient()[p + 1], "the residual that was not chosen");
    assertArrayEquals(left.say(1, -4), new float[] {0, 0}, "the own residual is no linear map");
  }

  @Test
  void rowsAreMixedBeforeTheExpertAndItsAnswerIsDealtOutToThem() {
    final Alone expert = new Alone(new Mixed(1, 2, false), 1, 2).set("w1", 1).set("w2", 1, -1);
    assertArrayEquals(new float[] {2, -2}, expert.say(2), "nothing is remembered yet");
    assertArrayEquals(
        new float[] {1.5f, -1.5f, 1.5f, -1.5f, 6, -6}, expert.pass(true, 2, 4, 6), 1e-6f);
    expert.learn(new float[] {2, 4}, new int[] {0, 1}, 1, 0);
    assertArrayEquals(new float[] {1.5f, -1.5f}, expert.say(2), 1e-6f, "beside the 4");
    expert.set("share", 9);
    assertArrayEquals(new float[] {0, 0, 4, -4}, expert.pass(true, 2, 4), 1e-6f);
    final Alone soft = new Alone(new Mixed(1, 2, true), 1, 2).set("w1", 1).set("w2", 1, -1);
    assertArrayEquals(new float[] {3, -3, 3, -3}, soft.pass(true, 2, 4), 1e-6f);
  }
}
