package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Target;
import org.junit.jupiter.api.Test;

/** Generated numbers to be predicted, and what the stream says of its changes. */
class FriedmanStreamTest {

  private static double[] correlations(final InstanceSource source, final int events) {
    final double[] sums = new double[10];
    double mean = 0;
    for (int t = 0; t < events; t++) {
      final Instance event = source.next();
      mean += (event.target() - mean) / (t + 1);
      for (int f = 0; f < 10; f++) {
        sums[f] += (event.target() - mean) * (event.x()[f] - 0.5) / events;
      }
    }
    return sums;
  }

  @Test
  void otherFeaturesMatterAfterEachChange() {
    final StreamSpec stream = StreamSpec.parse("friedman_a", StreamOptions.DEFAULT);
    assertEquals(100_000, stream.length());
    try (InstanceSource source = stream.open(1, 30_000)) {
      assertEquals(new Target.Quantity(), source.schema().target());
      final double[] before = correlations(source, 10_000);
      final double[] between = correlations(source, 10_000);
      final double[] after = correlations(source, 10_000);
      assertTrue(before[3] > 0.5 && Math.abs(before[7]) < 0.2, "the fourth matters first");
      assertTrue(between[1] > 0.5 && Math.abs(between[7]) < 0.2, "the second matters then");
      assertTrue(after[7] > 0.5 && Math.abs(after[3]) < 0.2, "the eighth matters last");
    }
    assertEquals(new DriftPoint(10_000, 1), stream.driftPoints(30_000).get(0));
  }

  @Test
  void oneSeedGivesTheSameStream() {
    final StreamSpec stream = StreamSpec.parse("friedman_g", StreamOptions.DEFAULT);
    try (InstanceSource one = stream.open(5, 100);
        InstanceSource same = stream.open(5, 100)) {
      for (int t = 0; t < 100; t++) {
        final Instance a = one.next();
        final Instance b = same.next();
        assertArrayEquals(a.x(), b.x());
        assertEquals(a.target(), b.target());
      }
      assertEquals(null, one.next());
    }
  }
}
