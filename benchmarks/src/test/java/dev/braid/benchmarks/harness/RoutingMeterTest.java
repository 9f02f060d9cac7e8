package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RoutingMeterTest {
  private static final double[] SECOND = {0, 1, 0, 0};

  /** Weighs the experts of an event, which is a number here, by a rule that may change. */
  private static final class Weigher implements Contestant<Integer> {
    private Function<Integer, double[]> rule;

    Weigher(final Function<Integer, double[]> rule) {
      this.rule = rule;
    }

    @Override
    public Integer encode(final Instance instance, final Schema schema) {
      return 0;
    }

    @Override
    public int predict(final Integer row) {
      return 0;
    }

    @Override
    public double[] prediction() {
      return new double[0];
    }

    @Override
    public void learn(final Integer row) {}

    @Override
    public double[] weightsFor(final Integer row) {
      return rule.apply(row);
    }

    @Override
    public int chosenFrom() {
      return 4;
    }

    @Override
    public long sizeBytes() {
      return 0;
    }
  }

  private static CellResult.Routing measured(final Weigher by, final int events) {
    final RoutingMeter<Integer> meter = new RoutingMeter<>();
    for (int i = 0; i < events; i++) {
      meter.took(i, by.rule.apply(i), 4);
    }
    return meter.routing(7);
  }

  private static double[] one(final int expert) {
    final double[] weights = new double[4];
    weights[expert] = 1;
    return weights;
  }

  @Test
  void equalLoadHasNoVariationAndAnEvenGateTheMostEntropy() {
    final CellResult.Routing routing =
        measured(new Weigher(i -> new double[] {.25, .25, .25, .25}), 64);
    assertEquals(0, routing.loadVariation(), 1e-12);
    assertEquals(Math.log(4), routing.entropy(), 1e-12);
    assertEquals(4, routing.experts());
    assertEquals(7, routing.operations());
  }

  @Test
  void oneExpertForAllIsTheGreatestVariation() {
    final CellResult.Routing routing = measured(new Weigher(i -> SECOND), 64);
    assertEquals(Math.sqrt(3), routing.loadVariation(), 1e-12);
    assertEquals(0, routing.entropy(), 1e-12);
    assertEquals(1, routing.bestGroup(), 1e-12);
    assertEquals(1, routing.cacheHits(), 1e-12);
  }

  /** Of four experts in turn a cache of two has half; all four as a group are right one in four. */
  @Test
  void expertsInTurnAreTheHardestToServe() {
    final CellResult.Routing routing = measured(new Weigher(i -> one(i % 4)), 64);
    assertEquals(0.5, routing.cacheHits(), 1e-12);
    assertEquals(2 * 1.0 / (4 + 1), routing.bestGroup(), 1e-12);
    final CellResult.Routing steady = measured(new Weigher(i -> one(i / 32 % 4)), 128);
    assertEquals(1, steady.cacheHits(), 1e-12);
    assertEquals(0, steady.loadVariation(), 1e-12);
  }

  @Test
  void expertsThatSeeEveryEventCountAsWorkAlone() {
    final RoutingMeter<Integer> meter = new RoutingMeter<>();
    for (int i = 0; i < 64; i++) {
      meter.took(i, new double[] {i % 2, 1 - i % 2, 1}, 2);
    }
    assertEquals(2, meter.routing(0).experts());
    assertEquals(0, meter.routing(0).loadVariation(), 1e-12);
    assertEquals(0, meter.routing(0).entropy(), 1e-12);
    assertTrue(Double.isNaN(meter.routing(0).operations()));
  }

  @Test
  void changeIsTheShareOfKeptEventsWithAnotherHeaviestExpert() {
    final RoutingMeter<Integer> meter = new RoutingMeter<>();
    final Weigher by = new Weigher(i -> one(0));
    for (int i = 0; i < 100; i++) {
      meter.took(i, one(0), 4);
    }
    meter.askAgain(by);
    assertTrue(Double.isNaN(meter.routing(0).changeRate()));
    by.rule = i -> one(i < 25 ? 1 : 0);
    meter.askAgain(by);
    assertEquals(0.25, meter.routing(0).changeRate());
    meter.askAgain(by);
    assertEquals(0.125, meter.routing(0).changeRate());
  }

  @Test
  void whoWeighsNobodyHasNoFigures() {
    final RoutingMeter<Integer> meter = new RoutingMeter<>();
    meter.took(1, new double[0], 0);
    assertTrue(Double.isNaN(meter.routing(5).loadVariation()));
    assertTrue(Double.isNaN(meter.routing(5).operations()));
  }
}
