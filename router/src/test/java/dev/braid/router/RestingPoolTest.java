package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Experts of a pool that are worth nothing on a stream rest. */
class RestingPoolTest {
  private static final Schema SCHEMA = Schema.numeric(6, 2);

  /** Too sure where features say the same, since naive Bayes is all that they have. */
  private static final String TREES =
      "adaptive-tree(leaf-prediction=naive-bayes,grace-period=1000000)*2";

  private static final String EXPERTS =
      TREES + "+boosted-trees(work=200)+last-label+naive-bayes(100)";

  private final SplittableRandom random = new SplittableRandom(7);
  private final List<PoolEvent> events = new ArrayList<>();
  private final Prediction out = new Prediction();

  private static Learner open(final Map<String, String> more) {
    final Map<String, String> options = new HashMap<>(more);
    options.putIfAbsent("experts", EXPERTS);
    return Presets.open(new LearnerSpec("braid", 3, options), SCHEMA);
  }

  /**
   * Each label is that of the event before, or one time in ten the other one. All features say the
   * same of it, and are wrong of one of each three events.
   */
  private final class Stream {
    private int last;
    private int count;
    private int wrong;

    int next() {
      last = random.nextInt(10) == 0 ? 1 - last : last;
      return last;
    }

    double[] x(final int label) {
      wrong = count % 3 == 0 ? count + random.nextInt(3) : wrong;
      return features(count++ == wrong ? 1 - label : label, 0.2);
    }
  }

  private double[] features(final int from, final double spread) {
    return random.doubles(6, from, from + spread).toArray();
  }

  private void learn(final Learner learner, final int count, final boolean byFeature) {
    final Stream stream = new Stream();
    for (int i = 0; i < count; i++) {
      final int next = stream.next();
      final double[] x = byFeature ? features(0, 1) : stream.x(next);
      learner.testThenTrain(x, byFeature ? (x[0] > 0.5 ? 1 : 0) : next, out);
      events.addAll(learner.drainPoolEvents());
    }
  }

  private List<PoolEvent.Kind> kinds(final String expert) {
    return events.stream()
        .filter(e -> e.expert().equals(expert) && e.kind() != PoolEvent.Kind.REPLACED)
        .map(PoolEvent::kind)
        .toList();
  }

  @Test
  void treesRestThatAreTooSureAndWeighNothingThen() {
    final Learner learner = open(Map.of());
    learn(learner, 5_500, false);
    for (int e = 0; e < 2; e++) {
      final String name = learner.members().get(e).name();
      assertEquals(List.of(PoolEvent.Kind.RESTED), kinds(name), name);
      assertEquals(0, out.weights()[e]);
      assertFalse(learner.predictMember(e, new double[6], new double[2]));
    }
    assertTrue(out.weights()[3] > 0.3, out::toString);
    assertEquals(1, out.weights()[2] + out.weights()[3] + out.weights()[4], 1e-9);
  }

  @Test
  void anExpertThatRestsCostsNextToNothing() {
    final Learner learner = open(Map.of());
    learn(learner, 1_500, false);
    final long awake = learner.operations(0);
    learn(learner, 4_000, false);
    assertTrue(learner.operations(0) < awake / 2, learner.operations(0) + " of " + awake);
  }

  @Test
  void treesThatRestedAreTriedAgainAndStayOnceTheyAreWorthSomething() {
    final Learner learner = open(Map.of());
    learn(learner, 5_500, false);
    learn(learner, 3_500, true);
    assertEquals(List.of(PoolEvent.Kind.RESTED, PoolEvent.Kind.WOKEN), kinds("tree-1"));
    assertTrue(out.weights()[0] > 0, out::toString);
  }

  @Test
  void nobodyRestsWhoKnowsTheLabels() {
    final Learner learner = open(Map.of());
    learn(learner, 5_500, true);
    assertEquals(List.of(), kinds("tree-1"));
    assertTrue(out.weights()[0] > 0, out::toString);
  }

  @Test
  void nobodyRestsInAPoolOfNobodyElse() {
    final Learner learner = open(Map.of("experts", TREES));
    learn(learner, 5_500, false);
    assertEquals(List.of(), kinds("tree-1"));
  }

  @Test
  void nobodyRestsWhereNobodyMay() {
    final Learner learner = open(Map.of("rest", ""));
    learn(learner, 5_500, false);
    assertEquals(List.of(), kinds("tree-1"));
  }

  /** Also of events whose labels come late, which some of the experts predicted and others not. */
  @Test
  void aLearnerReadBackGoesOnBitForBitWhileExpertsRestAndWhenTheyAreWoken() {
    final Learner one = open(Map.of());
    learn(one, 4_900, false);
    Learner other = LearnerImage.fromBytes(LearnerImage.toBytes(one));
    final Stream stream = new Stream();
    final Prediction expected = new Prediction();
    @SuppressWarnings("ArrayRecordComponent")
    record Waiting(double[] x, int label, Prediction then) {}
    final Deque<Waiting> waiting = new ArrayDeque<>();
    for (int i = 0; i < 3_200; i++) {
      final int label = stream.next();
      final double[] x = stream.x(label);
      one.predict(x, expected);
      final Prediction then = new Prediction();
      other.predict(x, then);
      assertArrayEquals(expected.probabilities(), then.probabilities());
      assertArrayEquals(expected.memberPredictions(), then.memberPredictions());
      waiting.add(new Waiting(x, label, then));
      if (i >= 50) {
        final Waiting due = waiting.remove();
        one.learn(due.x, due.label, due.then);
        other.learn(due.x, due.label, due.then);
        final List<PoolEvent> changes = one.drainPoolEvents();
        assertEquals(changes, other.drainPoolEvents());
        events.addAll(changes);
      }
      if (i % 700 == 0) {
        other = LearnerImage.fromBytes(LearnerImage.toBytes(other));
      }
    }
    // They rested, were woken, and rest again.
    assertTrue(events.size() >= 6, events::toString);
  }

  /** As a user writes it, for instance for a benchmark. */
  @Test
  void kindsThatMayRestCanBeNamedInALearnersText() {
    final LearnerSpec spec =
        LearnerSpec.parse("braid(rest=last-label+boosted-trees,experts=" + EXPERTS + ")", 3);
    learn(Presets.open(spec, SCHEMA), 5_500, false);
    assertEquals(List.of(), kinds("tree-1"));
  }

  @Test
  void onlyKindsOfExpertsMayRest() {
    final String message =
        assertThrows(IllegalArgumentException.class, () -> open(Map.of("rest", "oracle")))
            .getMessage();
    assertTrue(message.startsWith("option 'rest': ") && message.contains("'oracle'"), message);
  }

  @Test
  void anExpertOfNumbersCannotRest() {
    final LearnerSpec spec = new LearnerSpec("braid", 1, Map.of("rest", "boosted-trees"));
    final String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Presets.open(spec, Schema.ofQuantity(SCHEMA.features())))
            .getMessage();
    assertTrue(message.contains("'rest'") && message.contains("number"), message);
  }

  @Test
  void aBudgetBoundsWhatExpertsTakeThatMayRest() {
    final String experts = "boosted-trees(work=200)+last-label";
    final Learner unbounded = open(Map.of("experts", experts));
    learn(unbounded, 3_000, true);
    final long half = unbounded.operations(0) / 2;
    assertEquals(List.of(), kinds("boosted-trees"));
    final Learner learner = open(Map.of("experts", experts, "budget", String.valueOf(half)));
    learn(learner, 2_000, true);
    assertEquals(List.of(PoolEvent.Kind.RESTED), kinds("boosted-trees"));
    learn(learner, 4_000, true);
    assertEquals(
        List.of(PoolEvent.Kind.RESTED, PoolEvent.Kind.WOKEN, PoolEvent.Kind.RESTED),
        kinds("boosted-trees").subList(0, 3));
  }

  @Test
  void aBudgetWhereNobodyMayRestIsRefused() {
    final String message =
        assertThrows(
                IllegalArgumentException.class, () -> open(Map.of("budget", "100", "rest", "")))
            .getMessage();
    assertTrue(message.contains("'budget'") && message.contains("no expert may rest"), message);
  }
}
