package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.SavedParts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which changes of its specification a saved learner can go on with. */
class SpecConflictsTest {

  private static LearnerSpec spec(final String... options) {
    final Map<String, String> all = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return new LearnerSpec("driftmoe-data", 1, all);
  }

  private static List<String> conflicts(final LearnerSpec saved, final LearnerSpec wanted) {
    return Presets.conflicts(saved, wanted, Streams.SCHEMA.target());
  }

  @Test
  void aDefaultWrittenOutIsTheDefault() {
    assertEquals(
        List.of(),
        conflicts(
            spec(), spec("experts", "hoeffding-tree(grace-period=50) * 12", "hidden", "256")));
    assertEquals(List.of(), conflicts(Presets.writtenOut(spec(), Streams.SCHEMA.target()), spec()));
  }

  @Test
  void aNumberIsTheSameInAnyWriting() {
    assertEquals(List.of(), conflicts(spec("dropout", "0.5"), spec("dropout", " 5e-1")));
    assertEquals(List.of(), conflicts(spec("dropout", "0"), spec("dropout", "0.0")));
  }

  @Test
  void whatIsOnlyReadMayChange() {
    assertEquals(
        List.of(),
        conflicts(spec(), spec("learning-rate", "0.01", "top-k", "5", "temperature", "1")));
  }

  @Test
  void whatTheLearnerIsMadeOfIsNamed() {
    assertEquals(
        List.of(
            "seed was 1 and is now 2",
            "option 'experts' was 'hoeffding-tree(grace-period=50)*12' and is now 'knn'",
            "option 'hidden' was '8' and is now '256'"),
        conflicts(
            spec("hidden", "8"), new LearnerSpec("driftmoe-data", 2, Map.of("experts", "knn"))));
  }

  private static List<String> combine(final String saved, final String now) {
    return conflicts(
        new LearnerSpec("braid", 1, Map.of("combine", saved)),
        new LearnerSpec("braid", 1, Map.of("combine", now)));
  }

  @Test
  void ofACombinerToo() {
    final String saved = "log-opinion-pool+stacking-net";
    assertEquals(List.of(), combine(saved, "log-opinion-pool + stacking-net(learning-rate=0.01)"));
    assertEquals(List.of(), combine(saved, "log-opinion-pool+stacking-net(hidden=032)"));
    assertEquals(1, combine(saved, "log-opinion-pool+stacking-net(hidden=8)").size());
    assertEquals(1, combine(saved, "log-opinion-pool").size());
  }

  @Test
  void anotherPresetIsNamed() {
    assertEquals(
        List.of("preset was 'driftmoe-data' and is now 'braid'"),
        conflicts(spec(), LearnerSpec.of("braid", 1)));
  }

  @Test
  void anOptionThatNoLongerExistsIsNamed() {
    assertEquals(
        List.of("option 'wings' was '2' and is now unknown"),
        conflicts(spec("wings", "2"), spec()));
  }

  @Test
  void aRestoredLearnerTakesWhatMayChange() {
    final Learner learner = Presets.open(spec("batch", "16"), Streams.SCHEMA);
    final double[] x = new double[Streams.SCHEMA.featureCount()];
    for (int i = 0; i < 40; i++) {
      learner.learn(x, i % 2);
    }
    final SavedParts chunks = saved(learner);
    final LearnerSpec hot = spec("batch", "16", "temperature", "1e6");
    final Prediction prediction = new Prediction();
    new LearnerReader(hot).read(chunks).predict(x, prediction);
    final double[] even = new double[12];
    Arrays.fill(even, 1.0 / 12);
    assertArrayEquals(even, prediction.weights(), 1e-4);
    assertEquals(hot, new LearnerReader(hot).read(chunks).spec());
  }

  @Test
  void theFirstChunkIsWrittenAgainWhereItNamesAnotherSpecification() {
    final SavedParts chunks = saved(Presets.open(spec(), Streams.SCHEMA));
    assertFalse(new LearnerReader(spec()).read(chunks).parts().get(0).isDirty(0));
    final LearnerReader other = new LearnerReader(spec("temperature", "1e6"));
    for (int model = 0; model < 2; model++) {
      final Learner learner = other.read(chunks);
      assertTrue(learner.parts().get(0).isDirty(0));
      assertEquals(
          "1e6",
          LearnerImage.fromBytes(LearnerImage.toBytes(learner))
              .spec()
              .options()
              .get("temperature"));
    }
  }

  @Test
  void theFirstChunkOfTheNeuralPresetIsWrittenAgainToo() {
    final LearnerSpec saved = LearnerSpec.of("neural", 1);
    final SavedParts chunks = saved(Presets.open(saved, Streams.SCHEMA));
    final LearnerReader other =
        new LearnerReader(Presets.writtenOut(saved, Streams.SCHEMA.target()));
    assertTrue(other.read(chunks).parts().get(0).isDirty(0));
  }

  @Test
  void aRestoredLearnerRefusesTheRestByName() {
    final SavedParts chunks = saved(Presets.open(spec(), Streams.SCHEMA));
    final String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new LearnerReader(spec("experts", "knn")).read(chunks))
            .getMessage();
    assertTrue(
        message.contains("option 'experts' was '") && message.contains("and is now 'knn'"),
        message);
  }

  private static SavedParts saved(final Learner learner) {
    final KeptParts chunks = new KeptParts();
    chunks.saveDirtyChunks(learner);
    return chunks;
  }
}
