package dev.braid.router.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.PortableMath;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogisticStackTest {
  private static final int EVENTS = 4000;

  private static double[] probabilities(
      final LogisticStack stack, final double[] predictions, final double[] before) {
    final double[] out = new double[2];
    stack.take(predictions, before);
    stack.combine(out);
    PortableMath.softmax(out);
    return out;
  }

  @Test
  void beginsAsTheLinkBefore() {
    final LogisticStack stack = new LogisticStack(2, 2, 1000);
    stack.behind(stack);
    final double[] before = {0.3, -1};
    final double[] expected = before.clone();
    PortableMath.softmax(expected);
    assertArrayEquals(
        expected, probabilities(stack, new double[] {0.9, 0.1, 0.8, 0.2}, before), 1e-12);
  }

  @Test
  void withoutOneItBeginsAsThePoolOfEqualWeights() {
    final LogisticStack stack = new LogisticStack(2, 2, 1000);
    assertEquals(0.5, probabilities(stack, new double[] {0.9, 0.1, 0.1, 0.9}, null)[0], 1e-12);
  }

  /** Each of three is right eight times in ten, by itself: together they are surer than any. */
  @Test
  void evidenceOfDifferentMembersAddsUp() {
    final LogisticStack stack = new LogisticStack(3, 2, 1e6);
    final SplittableRandom random = new SplittableRandom(1);
    final double[] predictions = new double[6];
    for (int t = 0; t < EVENTS; t++) {
      final int label = random.nextInt(2);
      for (int m = 0; m < 3; m++) {
        final int said = random.nextDouble() < 0.8 ? label : 1 - label;
        predictions[2 * m + said] = 0.8;
        predictions[2 * m + 1 - said] = 0.2;
      }
      probabilities(stack, predictions, null);
      stack.learn(label, 1);
    }
    final double[] agreed = probabilities(stack, new double[] {0.8, 0.2, 0.8, 0.2, 0.8, 0.2}, null);
    assertEquals(64 / 65.0, agreed[0], 0.01);
  }

  /** The second member says what the first one got wrong. */
  @Test
  void aMemberCanStandAgainstWhatOthersHaveInCommon() {
    final LogisticStack stack = new LogisticStack(2, 2, 1000);
    final SplittableRandom random = new SplittableRandom(2);
    int right = 0;
    for (int t = 0; t < EVENTS; t++) {
      final int label = random.nextInt(2);
      final double shift = 4 * random.nextDouble() - 2;
      final double own = label == 0 ? 0.5 : -0.5;
      final double[] first = {shift + own, 0};
      final double[] second = {shift, 0};
      PortableMath.softmax(first);
      PortableMath.softmax(second);
      final double[] said =
          probabilities(stack, new double[] {first[0], first[1], second[0], second[1]}, null);
      right += t >= EVENTS / 2 && said[label] > 0.5 ? 1 : 0;
      stack.learn(label, 1);
    }
    assertTrue(right > 0.95 * EVENTS / 2, right + " of " + EVENTS / 2);
  }

  @Test
  void anEventThatCountsAMillionTimesMovesNoLogitFar() {
    final LogisticStack stack = new LogisticStack(2, 2, 1000);
    final double[] sure = {1, 0, 1, 0};
    probabilities(stack, sure, null);
    stack.learn(1, 1e6);
    final double[] after = probabilities(stack, sure, null);
    assertTrue(Arrays.stream(after).allMatch(p -> p > 1e-3), () -> Arrays.toString(after));
  }

  /** Of members that are right eight times in ten, after a hundred labels. */
  @Test
  void labelsThatComeLateMoveItLess() {
    final double[] all = {0.8, 0.2, 0.8, 0.2, 0.8, 0.2};
    final double[] before = {0.1, 0};
    final double[] moved = new double[2];
    for (int late = 0; late < 2; late++) {
      final LogisticStack stack = new LogisticStack(3, 2, 1000);
      stack.behind(stack);
      for (int t = 0; t < 100; t++) {
        probabilities(stack, all, before);
        if (late == 1) {
          stack.learnArrived(t % 5 == 0 ? 1 : 0, 1);
        } else {
          stack.learn(t % 5 == 0 ? 1 : 0, 1);
        }
      }
      moved[late] = probabilities(stack, all, before)[0];
    }
    assertTrue(0.55 < moved[1] && moved[1] < moved[0], () -> Arrays.toString(moved));
  }

  @Test
  void whoSaysNothingChangesNothing() {
    final LogisticStack stack = new LogisticStack(2, 2, 1000);
    final double[] silent =
        probabilities(stack, new double[] {0.9, 0.1, Double.NaN, Double.NaN}, null);
    final double[] even = probabilities(stack, new double[] {0.9, 0.1, 0.5, 0.5}, null);
    assertArrayEquals(even, silent, 0);
  }
}
