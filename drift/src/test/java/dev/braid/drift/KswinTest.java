package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KswinTest {

  /** Share of the values that are not greater. */
  private static double empirical(final List<Double> values, final double x) {
    return values.stream().filter(value -> value <= x).count() / (double) values.size();
  }

  private static double distance(final List<Double> one, final List<Double> other) {
    double largest = 0;
    for (final double x : one) {
      largest = Math.max(largest, Math.abs(empirical(one, x) - empirical(other, x)));
    }
    for (final double x : other) {
      largest = Math.max(largest, Math.abs(empirical(one, x) - empirical(other, x)));
    }
    return largest;
  }

  /** The published decision, where the older values are as many as the newest: nothing is drawn. */
  private static List<Integer> published(
      final double[] values, final int recent, final double alpha) {
    final List<Integer> alarms = new ArrayList<>();
    List<Double> window = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      window.add(values[i]);
      if (window.size() > 2 * recent) {
        window.remove(0);
      }
      if (window.size() == 2 * recent) {
        final List<Double> older = window.subList(0, recent);
        final List<Double> newer = window.subList(recent, 2 * recent);
        if (distance(older, newer) > Math.sqrt(-Math.log(alpha) / recent)) {
          alarms.add(i);
          window = new ArrayList<>(newer);
        }
      }
    }
    return alarms;
  }

  @Test
  void decidesAsPublishedOnErrors() {
    final double[] values = Sequences.jumpingErrors(1, 20_000);
    final List<Integer> alarms = Sequences.alarms(new Kswin(0.001, 80, 40, 1), values);
    assertEquals(published(values, 40, 0.001), alarms);
    assertTrue(alarms.size() > 5, "alarms " + alarms);
  }

  @Test
  void decidesAsPublishedOnLosses() {
    final double[] values = Sequences.swingingLosses(2, 20_000);
    final List<Integer> alarms = Sequences.alarms(new Kswin(0.01, 100, 50, 1), values);
    assertEquals(published(values, 50, 0.01), alarms);
    assertTrue(alarms.size() > 5, "alarms " + alarms);
  }

  @Test
  void seesAChangeThatLeavesTheMeanAsItIs() {
    final Random random = new Random(3);
    final Kswin detector = new Kswin(1e-4, 200, 60, 1);
    for (int i = 0; i < 2_000; i++) {
      detector.add(random.nextGaussian());
    }
    final long before = detector.detections();
    for (int i = 0; i < 200; i++) {
      detector.add(10 * random.nextGaussian());
    }
    assertTrue(detector.detections() > before);
  }

  @Test
  void theSampleDependsOnTheSeedAlone() {
    final double[] values = Sequences.jumpingErrors(4, 50_000);
    final List<Integer> first = Sequences.alarms(new Kswin(0.005, 100, 30, 1), values);
    assertEquals(first, Sequences.alarms(new Kswin(0.005, 100, 30, 1), values));
    assertTrue(!first.equals(Sequences.alarms(new Kswin(0.005, 100, 30, 2), values)));
  }

  /** With one value among nine older ones each must be drawn about as often as the others. */
  @Test
  void everyOlderValueIsDrawnEquallyOften() {
    final int[] alarms = new int[8];
    for (int seed = 0; seed < 4_000; seed++) {
      for (int place = 0; place < alarms.length; place++) {
        // Two of eight are compared with two newest; both must lie below for the distance of 1.
        final Kswin detector = new Kswin(0.25, 10, 2, seed);
        for (int i = 0; i < 8; i++) {
          detector.add(i == place ? 5 : 0);
        }
        detector.add(5);
        alarms[place] += detector.add(5) ? 1 : 0;
      }
    }
    for (final int count : alarms) {
      // 7/8 * 6/7 of the samples do not hold the value.
      assertEquals(0.75, count / 4_000.0, 0.03);
    }
  }
}
