package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.router.PoolEvent.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TameTest {
  /** Events of one visit to a task. */
  private static final int VISIT = 1200;

  private final SplittableRandom random = new SplittableRandom(4);
  private final List<PoolEvent> events = new ArrayList<>();
  private final Prediction prediction = new Prediction();

  private static Learner open(final String... options) {
    final Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < options.length; i += 2) {
      map.put(options[i], options[i + 1]);
    }
    return Presets.open(new LearnerSpec("tame", 1, map), Schema.numeric(3, 2));
  }

  /** Tasks 0 and 1 contradict each other, task 2 asks for another feature. */
  private static int label(final int task, final double[] x) {
    return switch (task) {
      case 0 -> x[0] > 0 ? 1 : 0;
      case 1 -> x[0] > 0 ? 0 : 1;
      default -> x[1] > 0 ? 1 : 0;
    };
  }

  private double[] event() {
    return new double[] {random.nextDouble() * 2 - 1, random.nextDouble() * 2 - 1, 0};
  }

  private void learn(final Learner learner, final int task, final int count) {
    for (int t = 0; t < count; t++) {
      final double[] x = event();
      learner.testThenTrain(x, label(task, x), prediction);
      events.addAll(learner.drainPoolEvents());
    }
  }

  private List<String> told() {
    return events.stream().map(event -> event.kind() + " " + event.expert()).toList();
  }

  private long count(final Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  @Test
  void tasksAreToldApartByTheErrorsOfNumbersToo() {
    final Schema schema = Schema.ofQuantity(Schema.numeric(3, 2).features());
    final Learner learner = Presets.open(LearnerSpec.of("tame", 1), schema);
    double error = 0;
    for (int t = 0; t < 4 * VISIT; t++) {
      final double[] x = event();
      final double target = 50 + (t / VISIT % 2 == 0 ? 10 : -10) * x[0];
      learner.testThenTrain(x, target, prediction);
      error += t % VISIT >= VISIT - 300 ? Math.abs(prediction.number() - target) / 1200 : 0;
      events.addAll(learner.drainPoolEvents());
    }
    assertEquals(
        List.of(
            "OPENED replay-network-2", "SWITCHED replay-network-1", "SWITCHED replay-network-2"),
        told());
    assertTrue(error < 1, "mean error " + error);
  }

  @Test
  void opensAnExpertForANewTaskAndReturnsToTheOneThatKnowsAnOldTask() {
    final Learner learner = open();
    for (final int task : new int[] {0, 1, 2, 0, 1, 2}) {
      learn(learner, task, VISIT);
    }
    assertEquals(
        List.of(
            "OPENED replay-network-2",
            "OPENED replay-network-3",
            "SWITCHED replay-network-1",
            "SWITCHED replay-network-2",
            "SWITCHED replay-network-3"),
        told());
    assertTrue(events.get(2).reason().contains("threshold"), events.get(2).reason());
  }

  @Test
  void aStreamThatStaysTheSameLeavesThePoolAlone() {
    learn(open(), 0, 10 * VISIT);
    assertEquals(List.of(), told());
  }

  @Test
  void predictsWithTheExpertThatFitsWhileItIsStillBeingTried() {
    final Learner learner = open();
    learn(learner, 0, VISIT);
    learn(learner, 1, VISIT);
    // The change falls on the begin of a batch; the alarm comes at its end.
    events.clear();
    learn(learner, 0, 32);
    assertEquals(List.of(), told());
    final double[] x = {0.8, 0.1, 0};
    learner.predict(x, prediction);
    assertEquals(label(0, x), prediction.label());
  }

  @Test
  void withoutReuseEveryChangeOpensAnExpert() {
    final Learner learner = open("reuse", "false", "window", "4096");
    for (final int task : new int[] {0, 1, 0, 1}) {
      learn(learner, task, VISIT);
    }
    assertEquals(
        List.of("OPENED replay-network-2", "OPENED replay-network-3", "OPENED replay-network-4"),
        told());
  }

  @Test
  void aPoolOfOneNeverChanges() {
    final Learner learner = open("experts", "1");
    learn(learner, 0, VISIT);
    learn(learner, 1, VISIT);
    assertEquals(List.of(), told());
    assertEquals(1, learner.members().size());
  }

  @Test
  void aFullPoolRetiresTheExpertThatWouldBeMissedLeast() {
    final Learner learner = open("experts", "2");
    learn(learner, 0, 2 * VISIT);
    learn(learner, 1, VISIT / 2);
    learn(learner, 2, VISIT);
    assertEquals(2, learner.members().size());
    assertEquals(1, count(Kind.RETIRED));
    assertEquals(
        List.of("replay-network-1", "replay-network-3"),
        learner.members().stream().map(Member::name).toList());
  }

  @Test
  void expertsKeepWithinTheirBytes() {
    final Learner learner = open("max-bytes", "150000");
    for (final int task : new int[] {0, 1, 2, 0}) {
      learn(learner, task, VISIT);
    }
    assertTrue(count(Kind.RETIRED) > 0, () -> told().toString());
    assertTrue(learner.sizeBytes() < 300_000, () -> "bytes " + learner.sizeBytes());
  }

  @Test
  void expertsThatSayTheSameAreMerged() {
    final Learner learner = open("reuse", "false", "window", "10");
    for (final int task : new int[] {0, 1, 0, 1}) {
      learn(learner, task, 2 * VISIT);
    }
    assertTrue(count(Kind.MERGED) > 0, () -> told().toString());
    assertEquals(4, learner.members().size() + count(Kind.MERGED));
  }

  @Test
  void theSelectorKnowsATaskByItsEventsBeforeALabelTellsOfIt() {
    final Learner learner = open();
    for (int visit = 0; visit < 6; visit++) {
      for (int t = 0; t < VISIT; t++) {
        final double[] x = event();
        x[2] = visit % 2 == 0 ? -1 : 1;
        learner.testThenTrain(x, label(visit % 2, x), prediction);
      }
    }
    assertEquals(2, learner.members().size());
    final double[] x = {0.7, 0, -1};
    learner.predict(x, prediction);
    assertEquals(label(0, x), prediction.label());
    assertTrue(prediction.weights()[0] > 0.5, prediction::toString);
    x[2] = 1;
    learner.predict(x, prediction);
    assertEquals(label(1, x), prediction.label());
    assertTrue(prediction.weights()[1] > 0.5, prediction::toString);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 31, 32, 40, 63, 64, 90, 96, 130})
  void restoredAnywhereAroundAChangeItGoesOnBitForBit(final int after) {
    final Learner original = open("experts", "3", "window", "20");
    for (final int task : new int[] {0, 1, 2, 0}) {
      learn(original, task, VISIT);
    }
    learn(original, 1, after);
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(original));
    final Prediction other = new Prediction();
    for (int t = 0; t < 400; t++) {
      final double[] x = event();
      original.testThenTrain(x, label(1, x), prediction);
      restored.testThenTrain(x, label(1, x), other);
      assertArrayEquals(prediction.probabilities(), other.probabilities());
      assertArrayEquals(prediction.weights(), other.weights());
      assertEquals(original.drainPoolEvents(), restored.drainPoolEvents());
    }
    assertArrayEquals(LearnerImage.toBytes(original), LearnerImage.toBytes(restored));
  }

  @Test
  void changedPartsAloneAreEnoughWhileExpertsComeAndGo() {
    final Learner learner = open("experts", "2", "reuse", "false", "window", "10");
    final KeptParts saved = new KeptParts();
    for (final int task : new int[] {0, 1, 2, 0, 1}) {
      for (int part = 0; part < VISIT; part += 100) {
        learn(learner, task, 100);
        saved.saveDirtyChunks(learner);
      }
    }
    assertTrue(count(Kind.RETIRED) > 1, () -> told().toString());
    assertArrayEquals(
        LearnerImage.toBytes(learner), LearnerImage.toBytes(LearnerImage.read(saved)));
  }

  @Test
  void anExpertThatRestsIsNotWrittenAgain() {
    final Learner learner = open();
    learn(learner, 0, VISIT);
    learn(learner, 1, VISIT);
    learner.parts().forEach(part -> part.markClean());
    learn(learner, 1, VISIT);
    assertFalse(learner.parts().get(2).isDirty(0));
    assertTrue(learner.parts().get(3).isDirty(0));
  }

  @Test
  void lateLabelsLeadToTheSameExperts() {
    final Learner learner = open();
    final Deque<double[]> waiting = new ArrayDeque<>();
    for (final int task : new int[] {0, 1, 0, 1}) {
      for (int t = 0; t < VISIT; t++) {
        final double[] x = event();
        learner.predict(x, prediction);
        waiting.add(new double[] {x[0], x[1], x[2], label(task, x)});
        if (waiting.size() > 300) {
          final double[] old = waiting.remove();
          learner.learn(Arrays.copyOf(old, 3), (int) old[3], prediction);
          events.addAll(learner.drainPoolEvents());
        }
      }
    }
    assertEquals(
        List.of(
            "OPENED replay-network-2", "SWITCHED replay-network-1", "SWITCHED replay-network-2"),
        told());
  }

  @Test
  void eventsWithoutALabelLeaveNoTrace() {
    final Learner learner = open();
    learn(learner, 0, VISIT);
    learn(learner, 1, 40);
    final byte[] before = LearnerImage.toBytes(learner);
    for (int t = 0; t < 100; t++) {
      learner.predict(event(), prediction);
    }
    assertArrayEquals(before, LearnerImage.toBytes(learner));
  }

  @Test
  void featuresAndClassesMayComeInTheMiddleOfATrial() {
    final Learner learner = open();
    learn(learner, 0, VISIT);
    learn(learner, 1, 50);
    final Schema larger = learner.schema().withFeature(Feature.numeric("late")).withClass("third");
    learner.grow(larger);
    for (int t = 0; t < 2 * VISIT; t++) {
      final double[] x = {random.nextDouble(), random.nextDouble(), 0, random.nextInt(3) / 2.0};
      learner.testThenTrain(x, (int) (2 * x[3]), prediction);
    }
    final double[] x = {0.5, 0.5, 0, 1};
    learner.predict(x, prediction);
    assertEquals(2, prediction.label());
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(learner));
    assertArrayEquals(LearnerImage.toBytes(learner), LearnerImage.toBytes(restored));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "hoeffding-tree(grace-period=50)", "naive-bayes"})
  void everyKindOfExpertReturnsToItsTask(final String expert) {
    final Learner learner = open("expert", expert);
    for (final int task : new int[] {0, 1, 0, 1}) {
      learn(learner, task, 2 * VISIT);
    }
    final String name = expert.replaceAll("\\(.*", "");
    assertEquals(
        List.of("OPENED " + name + "-2", "SWITCHED " + name + "-1", "SWITCHED " + name + "-2"),
        told());
  }
}
