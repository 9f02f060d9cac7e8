package dev.braid.benchmarks.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.experts.moe.Precision;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The job that a device is checked with, on the CPU. */
class OperatorJobTest {
  private static final DenseCase SHAPE = new DenseCase(3, 8, 16, 4, 32, 3);
  private static final int EVENTS = 300;

  @Test
  void everyEventGoesOnWithTheProbabilityOfEachClass() throws Exception {
    final AtomicInteger incidents = new AtomicInteger();
    Received.begin(EVENTS, EVENTS / 3, incidents::incrementAndGet);
    try (OperatorJob job = new OperatorJob(SHAPE, 2)) {
      job.cluster().executeJobBlocking(job.graph("java", Precision.FP32, EVENTS));
    }
    final float[][] said = Received.all();
    assertEquals(EVENTS, said.length);
    assertEquals(1, incidents.get());
    for (final float[] probabilities : said) {
      assertEquals(SHAPE.classes(), probabilities.length);
      double sum = 0;
      for (final float p : probabilities) {
        sum += p;
      }
      assertEquals(1, sum, 1e-5);
    }
  }
}
