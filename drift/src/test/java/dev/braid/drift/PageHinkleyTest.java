package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageHinkleyTest {
  private static final double DELTA = 0.005;
  private static final double THRESHOLD = 20;

  /** The test as it is written down: all sums since the start, and the lowest of them. */
  private static List<Integer> published(final double[] values) {
    final List<Integer> alarms = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < values.length; i++) {
      double total = 0;
      double sum = 0;
      double lowest = 0;
      for (int t = from; t <= i; t++) {
        total += values[t];
        sum += values[t] - total / (t - from + 1) - DELTA;
        lowest = Math.min(lowest, sum);
      }
      if (i - from + 1 >= 30 && sum - lowest > THRESHOLD) {
        alarms.add(i);
        from = i + 1;
      }
    }
    return alarms;
  }

  @Test
  void decidesAsPublished() {
    int raised = 0;
    for (int seed = 0; seed < 3; seed++) {
      final double[] values = Sequences.jumpingErrors(seed, 8_000);
      final List<Integer> alarms =
          Sequences.alarms(new PageHinkley(30, DELTA, THRESHOLD, 1), values);
      assertEquals(published(values), alarms);
      raised += alarms.size();
    }
    assertTrue(raised >= 5, raised + " alarms");
  }

  @Test
  void afterAnAlarmTheEstimateIsTheMeanSinceTheSumWasLowest() {
    final PageHinkley detector = new PageHinkley(30, DELTA, THRESHOLD, 1);
    for (int i = 0; i < 1_000; i++) {
      detector.add(0);
    }
    while (!detector.add(1)) {
      assertTrue(detector.width() < 2_000, "the jump must be seen");
    }
    assertEquals(1, detector.estimate(), 1e-9);
  }
}
