package dev.braid.experts.moe.life;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lives asked alone: what tells each from the others. */
class LivesTest {

  /** A step that answers these questions; what it draws is as always. */
  private static Step step(final Map<String, Object> answers) {
    return (Step)
        Proxy.newProxyInstance(
            LivesTest.class.getClassLoader(),
            new Class<?>[] {Step.class},
            (proxy, method, arguments) ->
                method.isDefault()
                    ? InvocationHandler.invokeDefault(proxy, method, arguments)
                    : answers.get(method.getName()));
  }

  private static float spread(final Life life, final float[] memory) {
    final Step step = step(Map.of("seed", 3L, "number", 5L));
    final float[] gradient = new float[1000];
    Arrays.fill(gradient, 1);
    life.gradient(step, 0, new float[1000], gradient, memory, new float[0], 0);
    float squares = 0;
    for (final float g : gradient) {
      squares += (g - 1) * (g - 1) / 1000;
    }
    return squares;
  }

  @Test
  void noiseFallsUntilErrorsRiseAgain() {
    final Life noise = new Noise(0.3);
    final float[] memory = {100};
    assertTrue(spread(noise, memory) < 0.1 * 0.3);
    noise.begin(step(Map.of("alarm", true)), memory);
    assertEquals(0.3, spread(noise, memory), 0.05);
  }

  @Test
  void lassoDrawsLargeAndSmallAlike() {
    final float[] gradient = new float[3];
    new Lasso(0.5)
        .gradient(
            step(Map.of()), 0, new float[] {9, -0.1f, 0}, gradient, new float[0], new float[0], 0);
    assertArrayEquals(new float[] {0.5f, -0.5f, 0}, gradient);
  }

  @Test
  void aClassThatIsRoutedAsNoOtherCountsMore() {
    final Routing routing = new Routing(3, 2, 2, new float[0], new boolean[] {true, true});
    System.arraycopy(new float[] {1, 0, 1, 0, 0, 1}, 0, routing.affinity, 0, 6);
    final float[] weight = {1, 1, 1};
    final Life mix = new MixData(1, 1);
    mix.rows(
        step(
            Map.of(
                "routing",
                routing,
                "labelled",
                3,
                "labels",
                new int[] {0, 1, 2},
                "rowWeight",
                weight,
                "number",
                0L)),
        new float[2 * 16 + 16 * 2]);
    assertEquals(weight[0], weight[1]);
    assertTrue(weight[2] > 1.3 && weight[0] < 1, Arrays.toString(weight));
  }

  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              Tensor.zeros("w1", Axis.units(2), Axis.IN),
              Tensor.zeros("w2", Axis.OUT, Axis.units(2))),
          2,
          1);

  @Test
  void expertsThatDifferInTheOrderOfTheirUnitsBecomeOneThatIsTheSame() {
    final Experts experts = new Experts(new float[][] {{1, 0, 0, 2, 5, 6}, {0, 2, 1, 0, 6, 5}});
    new MergeAlike(1, 1).after(step(Map.of("number", 0L)), experts, new float[0]);
    assertEquals(1, experts.alive());
    assertArrayEquals(new float[] {1, 0, 0, 2, 5, 6}, experts.theta(0), 1e-6f);
  }

  @Test
  void unitsOfAnExpertThatGoesFindAHome() {
    final Experts experts = new Experts(new float[][] {{1, 0, 0, 2, 5, 6}, {3, 0, 0, -2, 9, -6}});
    experts.share[1] = 0.25f;
    experts.share[0] = 0.75f;
    new Recombine(1, 1, 0.9).after(step(Map.of("number", 0L)), experts, new float[0]);
    assertEquals(1, experts.alive());
    // The first unit is like one there; the second is like none, and is lost.
    assertArrayEquals(new float[] {1.5f, 0, 0, 2, 6, 6}, experts.theta(0), 1e-6f);
  }

  private static Step number(final long number) {
    return step(Map.of("number", number));
  }

  @Test
  void theExpertGoesWhoseRouterMovedLeast() {
    final Experts experts = new Experts(new float[3][6]);
    final Life prune = new Prune(0.5, 10, Prune.By.ROUTER);
    final float[] memory = new float[3];
    experts.gate[0] = 5;
    prune.after(number(9), experts, memory);
    assertEquals(3, experts.alive(), "nothing is known of changes yet");
    experts.gate[1] = 2;
    experts.gate[2] = 1;
    prune.after(number(19), experts, memory);
    assertFalse(experts.isAlive(0), "its router is the longest, and as it was");
    assertEquals(2, experts.alive());
  }

  @Test
  void theExpertGoesThatTheGateLeansToLeastWhoeverWasChosen() {
    final Routing routing = new Routing(2, 3, 3, new float[0], new boolean[] {true, true, true});
    System.arraycopy(new float[] {.5f, .1f, .4f, .4f, 0, .6f}, 0, routing.affinity, 0, 6);
    final Experts experts = new Experts(new float[3][6]);
    final Life prune = new Prune(0.5, 10, Prune.By.SCORE);
    final float[] memory = new float[3];
    prune.begin(step(Map.of("routing", routing, "labelled", 2)), memory);
    prune.after(number(9), experts, memory);
    assertFalse(experts.isAlive(1));
    assertEquals(2, experts.alive());
  }

  @Test
  void expertsOfExtremeOutputsStayThoughTheyAreUsedLeast() {
    final float[] peaks = {5, 9, 1};
    final Experts experts = new Experts(new float[3][6]);
    experts.share[0] = 0.5f;
    experts.share[2] = 0.5f;
    new Prune(0.5, 10, Prune.By.PEAK).after(number(9), experts, peaks);
    assertFalse(experts.isAlive(2), "its outputs are small");
    assertEquals(2, experts.alive());
    assertArrayEquals(new float[] {5, 9, 1}, peaks, "which the layer clears");
  }

  @Test
  void weightsGoThatAreSmallOrReadWhatTheGateSendsLittleOf() {
    final Life prune = new PruneWeights(0.5, 1);
    final Routing routing = new Routing(1, 1, 1, new float[0], new boolean[] {true});
    final Step step = step(Map.of("routing", routing, "inputs", 2, "layout", LAYOUT));
    // Done counting; the second input was ten times as large.
    final float[] memory = {1, 0, 1, 100};
    final float[] theta = {5, 1, 30, 1, 7, 7};
    final float[] gradient = {1, 1, 1, 1, 1, 1};
    prune.gradient(step, 0, theta, gradient, memory, new float[6], 0);
    assertArrayEquals(new float[] {0, 1, 30, 0, 7, 7}, theta);
    assertArrayEquals(new float[] {0, 1, 1, 0, 1, 1}, gradient);
  }

  /** Experts that are nothing but their parameters. */
  private static final class Experts implements LayerExperts {
    private final float[][] theta;
    private final boolean[] alive;
    private final float[] share;
    private final double[] gate;

    Experts(final float[][] theta) {
      this.theta = theta;
      alive = new boolean[theta.length];
      Arrays.fill(alive, true);
      share = new float[theta.length];
      gate = new double[theta.length];
    }

    @Override
    public int places() {
      return theta.length;
    }

    @Override
    public int alive() {
      int count = 0;
      for (final boolean there : alive) {
        count += there ? 1 : 0;
      }
      return count;
    }

    @Override
    public boolean isAlive(final int e) {
      return alive[e];
    }

    @Override
    public int emptyPlace(final int e) {
      return -1;
    }

    @Override
    public void copy(final int from, final int to) {
      theta[to] = theta[from].clone();
    }

    @Override
    public void route(final int e, final float[] weights) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void mix(final int to, final int[] from, final float[] shares) {
      final float[] mixed = new float[theta[to].length];
      for (int f = 0; f < from.length; f++) {
        for (int i = 0; i < mixed.length; i++) {
          mixed[i] += shares[f] * theta[from[f]][i];
        }
      }
      theta[to] = mixed;
    }

    @Override
    public void retire(final int e) {
      alive[e] = false;
    }

    @Override
    public float[] theta(final int e) {
      return theta[e];
    }

    @Override
    public Layout layout(final int e) {
      return LAYOUT;
    }

    @Override
    public double gateLength(final int e) {
      return gate[e];
    }

    @Override
    public float share(final int e) {
      return share[e];
    }

    @Override
    public boolean alarm() {
      return false;
    }
  }
}
