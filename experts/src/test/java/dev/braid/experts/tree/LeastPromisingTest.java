package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeastPromisingTest {
  @Test
  void comeInTheOrderOfAStableSort() {
    final SplittableRandom random = new SplittableRandom(1);
    for (int count = 0; count < 200; count++) {
      // Few different promises, so that many are equal.
      final double[] promises = random.doubles(count).map(d -> Math.floor(d * 20)).toArray();
      final LeastPromising queue = new LeastPromising(count);
      for (int i = 0; i < count; i++) {
        queue.add(1000 + i, promises[i]);
      }
      final List<Integer> sorted =
          IntStream.range(0, count)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> promises[i]))
              .toList();
      for (int i = 0; i < count; i++) {
        assertEquals(count - i, queue.count());
        assertEquals(1000 + sorted.get(i), queue.take());
      }
      assertEquals(0, queue.count());
    }
  }
}
