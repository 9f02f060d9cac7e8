package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.connectors.stream.DriftPoint;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import dev.braid.jobs.config.JobConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FeederTest {

  /** A stream that fails as it is opened. */
  private record Failing(Error error) implements StreamSpec {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public InstanceSource open(final long seed, final long records) {
      throw error;
    }

    @Override
    public long length() {
      return -1;
    }

    @Override
    public List<DriftPoint> driftPoints(final long records) {
      return List.of();
    }
  }

  @Test
  @Timeout(60)
  void anErrorOfTheStreamReachesTheDemoAsAnExceptionDoes() throws Exception {
    final Error error = new StackOverflowError("a stream without end");
    try (Feeder feeder =
        Feeder.start(
            new DemoStream(new Failing(error), 1, 10),
            JobConfig.defaults().kafka(),
            new GroundTruth())) {
      final Error thrown =
          assertThrows(
              StackOverflowError.class,
              () -> {
                while (true) {
                  feeder.rethrow();
                  Thread.sleep(10);
                }
              });
      assertEquals(error, thrown);
      assertFalse(feeder.done());
    }
  }
}
