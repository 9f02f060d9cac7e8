package dev.braid.experts.moe.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PartitionTest {
  private static int[] dealt(final double[][] tie, final int parts, final int each) {
    final int[] owner = new int[tie.length];
    Arrays.fill(owner, -1);
    final double[] order = new double[tie.length];
    Arrays.setAll(order, u -> u);
    Partition.deal(tie, owner, parts, each, order);
    return owner;
  }

  @Test
  void unitsOfAGroupOfStrongTiesGoToOnePart() {
    final double[][] tie = new double[6][6];
    for (int a = 0; a < 6; a++) {
      for (int b = 0; b < 6; b++) {
        tie[a][b] = a % 2 == b % 2 ? 3 : 1;
      }
    }
    final int[] owner = dealt(tie, 2, 3);
    for (int u = 2; u < 6; u++) {
      assertEquals(owner[u % 2], owner[u]);
    }
    assertNotEquals(owner[0], owner[1]);
  }

  @Test
  void anExchangeMendsWhatGreedTookFirst() {
    // The first unit takes the second, whose tie is its strongest, and leaves 2 and 3 without any.
    final double[][] tie = {{0, 5, 4, 0}, {5, 0, 0, 4}, {4, 0, 0, 0}, {0, 4, 0, 0}};
    final int[] owner = dealt(tie, 2, 2);
    assertEquals(owner[0], owner[2]);
    assertEquals(owner[1], owner[3]);
  }
}
