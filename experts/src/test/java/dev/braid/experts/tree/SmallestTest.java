package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmallestTest {
  @Test
  void standsWhereASortWouldPutIt() {
    final SplittableRandom random = new SplittableRandom(1);
    for (int count = 1; count < 200; count++) {
      // Few different values, so that many are equal.
      final double[] values = random.doubles(count).map(d -> Math.floor(d * 20)).toArray();
      final double[] sorted = values.clone();
      Arrays.sort(sorted);
      for (int place = 0; place < count; place++) {
        assertEquals(sorted[place], Smallest.of(values.clone(), count, place));
      }
    }
  }
}
