package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.router.combine.Chain;
import dev.braid.router.combine.CombinerKind;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered combiner promises, alone and in a chain with each other one. */
class CombinerContractTest {
  private static final ThreadMXBean ALLOCATED = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Schema NUMBER = Schema.ofQuantity(List.of(Feature.numeric("a")));
  private static final String POOL = "last-label+naive-bayes(100)+knn(50)";
  private static final String POOL_OF_NUMBERS = "last-value+mean+rls";

  static List<String> chains() {
    return chains(Streams.SCHEMA.target());
  }

  static List<String> chainsOfNumbers() {
    return chains(NUMBER.target());
  }

  private static List<String> chains(final Target target) {
    final List<String> names =
        Chain.REGISTRY.entries().stream()
            .filter(kind -> kind.combines(target))
            .map(CombinerKind::name)
            .toList();
    final List<String> chains = new ArrayList<>(names);
    for (final String first : names) {
      for (final String second : names) {
        chains.add(first + "+" + second);
      }
    }
    return chains;
  }

  /** Of classes as of numbers. */
  static List<String> allChains() {
    return Stream.concat(chains().stream(), chainsOfNumbers().stream()).toList();
  }

  private static Learner open(final String chain) {
    return Presets.open(
        new LearnerSpec("braid", 1, Map.of("experts", POOL, "combine", chain)), Streams.SCHEMA);
  }

  /** A learner of what the chain combines. */
  private static Learner openFor(final String chain) {
    return chainsOfNumbers().contains(chain)
        ? Presets.open(
            new LearnerSpec("braid", 1, Map.of("experts", POOL_OF_NUMBERS, "combine", chain)),
            Schema.ofQuantity(Streams.SCHEMA.features()))
        : open(chain);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Pending(double[] x, double target, Prediction then) {}

  private static double target(final Learner learner, final Streams stream) {
    return learner.schema().target() instanceof Target.Quantity ? stream.number : stream.label;
  }

  /** Events whose labels come at once, then some whose labels come forty events later. */
  private static Learner learn(final Learner learner, final long seed, final boolean restore) {
    Learner current = learner;
    final Streams stream = new Streams(seed);
    final Deque<Pending> pending = new ArrayDeque<>();
    for (int t = 0; t < 900; t++) {
      stream.next();
      if (t < 400) {
        current.learn(stream.x, target(current, stream));
      } else {
        final Prediction then = new Prediction();
        current.predict(stream.x, then);
        pending.add(new Pending(stream.x.clone(), target(current, stream), then));
        if (pending.size() > 40) {
          final Pending due = pending.remove();
          current.learn(due.x(), due.target(), due.then());
        }
      }
      if (restore && t % 123 == 0) {
        current = LearnerImage.fromBytes(LearnerImage.toBytes(current));
      }
    }
    return current;
  }

  @ParameterizedTest
  @MethodSource("allChains")
  void aChainReadBackInMidStreamGoesOnBitForBit(final String chain) {
    assertArrayEquals(
        LearnerImage.toBytes(learn(openFor(chain), 3, false)),
        LearnerImage.toBytes(learn(openFor(chain), 3, true)));
  }

  @ParameterizedTest
  @MethodSource("allChains")
  void predictingLeavesNoTrace(final String chain) {
    final Learner learner = learn(openFor(chain), 3, false);
    final byte[] before = LearnerImage.toBytes(learner);
    learner.predict(new double[] {Double.NaN, 1e300, -1, 2}, new Prediction());
    assertArrayEquals(before, LearnerImage.toBytes(learner));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void probabilitiesAndWeightsStayDistributionsWhateverComes(final String chain) {
    final Learner learner = open(chain);
    final double[] hostile = {Double.NaN, 1e300, -1e300, 1e12, 0, Double.MIN_VALUE};
    final SplittableRandom random = new SplittableRandom(6);
    final Prediction out = new Prediction();
    for (int t = 0; t < 1000; t++) {
      final double[] x = new double[4];
      Arrays.setAll(x, f -> hostile[random.nextInt(hostile.length)]);
      x[3] = random.nextInt(3);
      learner.testThenTrain(x, random.nextInt(3), out);
      for (final double[] p : new double[][] {out.probabilities(), out.weights()}) {
        assertEquals(1, Arrays.stream(p).sum(), 1e-9);
        assertTrue(Arrays.stream(p).allMatch(v -> v >= 0), () -> Arrays.toString(p));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void growsByAClassThatEventsAndLateLabelsHave(final String chain) {
    final Learner learner = open(chain);
    final Prediction then = new Prediction();
    learner.predict(new double[] {1, 0, 0, 1}, then);
    learner.grow(Streams.SCHEMA.withClass("new"));
    learner.learn(new double[] {1, 0, 0, 1}, 3, then);
    final Prediction out = new Prediction();
    for (int t = 0; t < 1500; t++) {
      final int label = t % 4;
      learner.testThenTrain(new double[] {label, 0, 0, 1}, label, out);
    }
    learner.predict(new double[] {3, 0, 0, 1}, out);
    assertEquals(4, out.probabilities().length);
    assertEquals(3, out.label(), out::toString);
  }

  /** The step of a network is taken every eighth event. */
  @ParameterizedTest
  @MethodSource("allChains")
  void mostEventsAllocateNothing(final String chain) {
    final Learner learner = learn(openFor(chain), 3, false);
    final Streams stream = new Streams(5);
    final Prediction out = new Prediction();
    int without = 0;
    for (int t = 0; t < 600; t++) {
      stream.next();
      final long before = ALLOCATED.getCurrentThreadAllocatedBytes();
      learner.testThenTrain(stream.x, target(learner, stream), out);
      without += t >= 200 && ALLOCATED.getCurrentThreadAllocatedBytes() == before ? 1 : 0;
    }
    assertTrue(without >= 0.7 * 400, without + " of 400 events allocate nothing");
  }

  @ParameterizedTest
  @MethodSource("chains")
  void aNumberIsRefusedByWhatCombinesProbabilities(final String chain) {
    assertThrows(IllegalArgumentException.class, () -> Chain.open(chain, 2, NUMBER.target(), 1));
  }

  @ParameterizedTest
  @MethodSource("chainsOfNumbers")
  void classesAreRefusedByWhatCombinesNumbers(final String chain) {
    assertThrows(IllegalArgumentException.class, () -> open(chain));
  }

  /** Three members: one near the number, one that is off by twice its size, one that is wild. */
  private static double[] ask(
      final Chain chain, final double number, final SplittableRandom noise) {
    final double[] out = new double[1];
    chain.set(0, new double[] {number + noise.nextGaussian()});
    chain.set(1, new double[] {3 * number});
    chain.set(2, new double[] {noise.nextGaussian(0, 1e6)});
    chain.combine();
    chain.publish(out);
    return out;
  }

  @ParameterizedTest
  @MethodSource("chainsOfNumbers")
  void numbersAreCombinedToOneThatFollowsTheMemberThatIsRight(final String chain) {
    final Chain combiners = Chain.open(chain, 3, NUMBER.target(), 1);
    final SplittableRandom noise = new SplittableRandom(4);
    double squares = 0;
    for (int t = 0; t < 2000; t++) {
      final double number = 10 * Math.sin(t);
      final double error = ask(combiners, number, noise)[0] - number;
      squares += t >= 1000 ? error * error / 1000 : 0;
      combiners.learn(number, 1);
    }
    assertTrue(squares < 1.2, "mean square error " + squares);
    final double[] weights = new double[3];
    combiners.weights(weights);
    assertEquals(1, Arrays.stream(weights).sum(), 1e-9);
  }

  @ParameterizedTest
  @MethodSource("chainsOfNumbers")
  void oneAbsurdTargetDoesNotSpoilWhatIsMadeOfNumbers(final String chain) {
    final Chain combiners = Chain.open(chain, 3, NUMBER.target(), 1);
    final SplittableRandom noise = new SplittableRandom(4);
    double worst = 0;
    for (int t = 0; t < 3000; t++) {
      final double number = 10 * Math.sin(t);
      final double error = Math.abs(ask(combiners, number, noise)[0] - number);
      worst = t >= 1000 ? Math.max(worst, error) : 0;
      combiners.learn(t % 1000 == 999 ? 1e300 : number, 1);
    }
    assertTrue(worst < 40, "an error of " + worst);
  }

  @ParameterizedTest
  @MethodSource("chainsOfNumbers")
  void aMemberThatIsAlwaysRightIsFollowed(final String chain) {
    final Chain combiners = Chain.open(chain, 3, NUMBER.target(), 1);
    final double[] out = new double[1];
    for (int t = 0; t < 500; t++) {
      final double number = 10 * Math.sin(t);
      combiners.set(0, new double[] {number});
      combiners.set(1, new double[] {3 * number});
      combiners.set(2, new double[] {0});
      combiners.combine();
      combiners.publish(out);
      assertTrue(t < 100 || Math.abs(out[0] - number) < 1e-3, "event " + t + ": " + out[0]);
      combiners.learn(number, 1);
    }
  }

  @Test
  void everyCombinerSaysWhatItIsAndWhatItsOptionsMean() {
    Chain.REGISTRY
        .entries()
        .forEach(
            kind -> {
              assertFalse(kind.description().isBlank(), kind.name());
              kind.options().forEach(o -> assertFalse(o.description().isBlank(), o.name()));
            });
  }

  @Test
  void anUnknownCombinerOrOptionIsNamed() {
    for (final String wrong : new String[] {"oracle", "stacking-net(hiden=3)", ""}) {
      final String message =
          assertThrows(IllegalArgumentException.class, () -> open(wrong)).getMessage();
      assertTrue(message.startsWith("option 'combine': "), message);
      assertFalse(message.contains("\n"), message);
    }
  }
}
