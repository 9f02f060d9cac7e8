package dev.braid.experts.moe.expert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks as experts allocate nothing once they have met what there is, their steps included. */
class SteadyNetworkTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "x", "y")),
          List.of("no", "yes"));

  private static final double[] PROBABILITIES = new double[2];

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp",
        "replay-network",
        "dense-moe",
        "dense-moe(gate=top-k(2)/balance(0.01),rest=int8)",
        "dense-moe(gate=softmax+1,expert=film(8)*2+window(32)*2)"
      })
  void eventsAndStepsAllocateNothing(final String expert) {
    final Expert network = Experts.open(expert, SCHEMA, 1);
    final double[][] x = new double[64][];
    final SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < x.length; i++) {
      x[i] = new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(2)};
    }
    for (int i = 0; i < 40; i++) {
      learn(network, x);
    }
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      final long before = threads.getCurrentThreadAllocatedBytes();
      learn(network, x);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes in " + x.length + " events");
  }

  private static void learn(final Expert network, final double[][] x) {
    for (final double[] one : x) {
      network.predict(one, PROBABILITIES);
      network.learn(one, one[0] > one[1] ? 1 : 0, 1);
    }
  }
}
