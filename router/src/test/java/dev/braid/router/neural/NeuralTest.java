package dev.braid.router.neural;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Member;
import dev.braid.router.PoolEvent;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NeuralTest {
  private static final Schema SCHEMA =
      new Schema(List.of(Feature.numeric("a"), Feature.numeric("b")), List.of("no", "yes"));

  private static List<PoolEvent> learn(final Learner learner, final int from, final int to) {
    final List<PoolEvent> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      final SplittableRandom random = new SplittableRandom(i);
      // The second half lies elsewhere: other experts are asked.
      final double shift = i < 400 ? -3 : 3;
      final double a = random.nextDouble() + shift;
      learner.learn(new double[] {a, random.nextDouble() - shift}, a - shift > 0.5 ? 1 : 0);
      events.addAll(learner.drainPoolEvents());
    }
    return events;
  }

  private static List<String> kinds(final Schema schema) {
    return Presets.open(LearnerSpec.of("neural", 1), schema).members().stream()
        .map(Member::kind)
        .distinct()
        .toList();
  }

  @Test
  void rowsAreRememberedWhereClassesArePredictedAndNoOthersAreNamed() {
    assertEquals(List.of("mlp", "window"), kinds(SCHEMA));
    assertEquals(List.of("mlp"), kinds(Schema.ofQuantity(SCHEMA.features())));
  }

  /** Each expert rests and wakes in turn, and a restored learner goes on telling. */
  @Test
  void expertsThatGoToRestAndWakeAreTold() {
    final Learner learner =
        Presets.open(
            new LearnerSpec(
                "neural",
                1,
                Map.of(
                    "gate", "top-k(1)", "expert", "mlp(4)*4", "rest", "int8", "rest-after", "2")),
            SCHEMA);
    final List<PoolEvent> events = learn(learner, 0, 600);
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(learner));
    events.addAll(learn(restored, 600, 800));
    assertFalse(events.isEmpty(), "none rested");
    final Set<String> resting = new HashSet<>();
    for (final PoolEvent event : events) {
      if (event.kind() == PoolEvent.Kind.RESTED) {
        assertTrue(resting.add(event.expert()), event + " rests already");
      } else {
        assertEquals(PoolEvent.Kind.WOKEN, event.kind());
        assertTrue(resting.remove(event.expert()), event + " was not at rest");
      }
    }
  }
}
