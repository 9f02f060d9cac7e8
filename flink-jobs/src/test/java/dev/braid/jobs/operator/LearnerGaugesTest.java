package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Gauges over more models than one refresh counts. */
class LearnerGaugesTest {
  @Test
  void moreModelsThanOneRefreshCountsAreShownOnceAllWereCounted() throws Exception {
    final int models = LearnerGauges.MODELS_A_REFRESH + 1;
    try (Workbench bench =
        new Workbench(
            Fixtures.config("model.options.experts", "hoeffding-tree(grace-period=50)*2"))) {
      for (int i = 0; i < models; i++) {
        bench.send(Fixtures.event(i, "k" + i));
      }
      assertEquals(0, bench.figures().events());
      assertEquals(models, bench.figures().events());
      assertEquals(models, bench.figures().models());
    }
  }
}
