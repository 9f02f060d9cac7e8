package dev.braid.experts.moe.added;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.layer.LayerPage;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.spec.Members;
import dev.braid.experts.moe.spec.RestSpec;
import dev.braid.experts.moe.state.StoredChunks;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer of nothing but parts that were added, chosen by the words they were added by. */
class AddedPartsTest {
  private static final int ROWS = 24;
  private static final DenseOptions JAVA =
      new DenseOptions(DenseOptions.BackendChoice.JAVA, ROWS).with(new AnyExpert());
  private static final String ALL =
      "gate=squares/independent/small(0.02)+1,expert=quadratic*3,combine=capped(20),life=clip(0.5)";
  private static final String AT_REST =
      "gate=squares/top-k(1),expert=quadratic*4,rest=bf16,rest-after=2";

  private static DenseMoe opened(final String text) {
    return DenseMoe.open(new DenseMoeSpec(5, 3, LayerSpec.parse(text), 7), JAVA);
  }

  /** Returns the loss of each step. */
  private static List<Double> train(final DenseMoe layer, final int steps, final long seed) {
    final List<Double> losses = new ArrayList<>();
    final DenseBatch batch = new DenseBatch(layer.spec(), ROWS, false);
    final SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < steps; i++) {
      Batches.fill(batch, ROWS, 0, random);
      layer.step(batch);
      losses.add(Batches.loss(batch));
    }
    return losses;
  }

  @Test
  void itsTextChoosesThem() {
    final LayerSpec layer = LayerSpec.parse(ALL);
    final GateSpec gate =
        new GateSpec(new SquaresScore(), new Independent(), List.of(new Small(0.02)), 1);
    assertEquals(gate, layer.gate());
    assertEquals(List.of(new Members(new Quadratic(), 3)), layer.experts());
    assertEquals(new Capped(20), layer.combine());
    assertEquals(List.of(new Clip(0.5)), layer.lives());
    assertEquals(new RestSpec(new BrainFloats(), 2), LayerSpec.parse(AT_REST).rest());
    assertEquals(layer, LayerSpec.parse(layer.text()));
  }

  @Test
  void itLearns() {
    final List<Double> losses = train(opened(ALL), 300, 1);
    assertTrue(losses.get(299) < 0.8 * losses.get(0), losses.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {ALL, AT_REST})
  void savedAndRestoredItGoesOnBitForBit(final String text) {
    final DenseMoe undisturbed = opened(text);
    train(undisturbed, 40, 3);
    final StoredChunks chunks = new StoredChunks();
    chunks.save(undisturbed);
    final DenseMoe restored = DenseMoe.resume(chunks, JAVA);
    assertEquals(undisturbed.spec(), restored.spec());
    assertEquals(undisturbed.rest().resting(), restored.rest().resting());
    assertEquals(train(undisturbed, 20, 8), train(restored, 20, 8));
  }

  @Test
  void theReferenceNamesThem() {
    final String page = LayerPage.markdown();
    new Added()
        .lives()
        .forEach(
            life ->
                assertTrue(page.contains("| `" + life.name() + "` | " + life.description()), page));
  }

  @Test
  void anOptionOutOfRangeIsRefusedAsOneOfTheOthers() {
    assertEquals(
        "option 'most' of life 'clip' is '0'; it must be a number from 1.0E-6 to 1000000.0",
        assertThrows(IllegalArgumentException.class, () -> LayerSpec.parse("life=clip(0)"))
            .getMessage());
  }
}
