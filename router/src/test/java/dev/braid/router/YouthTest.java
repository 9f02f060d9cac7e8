package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A learner of few events is saved as what it was told. */
class YouthTest {
  /** As many features as a stream of prices has, of two classes. */
  private static final Schema SCHEMA = Schema.numeric(8, 2);

  private static final Schema NUMBER = Schema.ofQuantity(SCHEMA.features());

  static List<String> names() {
    return Presets.names();
  }

  private static double[] event(final SplittableRandom random, final Schema schema) {
    return random.doubles(schema.featureCount()).toArray();
  }

  private static double target(final double[] x, final Schema schema) {
    return schema.target() instanceof Target.Quantity ? x[0] + x[1] : x[0] + x[1] > 1 ? 1 : 0;
  }

  private static void learn(
      final Learner learner, final SplittableRandom random, final int events) {
    for (int i = 0; i < events; i++) {
      final double[] x = event(random, learner.schema());
      learner.learn(x, target(x, learner.schema()), i % 5 == 0 ? 2 : 1);
    }
  }

  /** Both go on alike until they are grown up, and have the same image then. */
  private static void assertSame(final Learner one, final Learner other) {
    final SplittableRandom random = new SplittableRandom(9);
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    for (int i = 0; i < 60; i++) {
      final double[] x = event(random, one.schema());
      one.testThenTrain(x, target(x, one.schema()), a);
      other.testThenTrain(x, target(x, other.schema()), b);
      assertArrayEquals(a.probabilities(), b.probabilities());
      assertArrayEquals(a.quantiles(), b.quantiles());
    }
    assertArrayEquals(LearnerImage.toBytes(one), LearnerImage.toBytes(other));
    assertTrue(one.parts().size() > 2);
  }

  @ParameterizedTest
  @MethodSource("names")
  void readBackItGoesOnToTheLastBit(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), SCHEMA);
    learn(learner, new SplittableRandom(3), 20);
    final byte[] image = LearnerImage.toBytes(learner);
    final Learner read = LearnerImage.fromBytes(image);
    assertArrayEquals(image, LearnerImage.toBytes(read));
    assertSame(learner, read);
  }

  @Test
  void growthAndLateLabelsAreToldAgain() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), Schema.numeric(0, 0));
    learner.grow(Schema.numeric(3, 0));
    learner.grow(Schema.numeric(3, 2));
    final SplittableRandom random = new SplittableRandom(4);
    final Prediction then = new Prediction();
    for (int i = 0; i < 12; i++) {
      if (i == 5) {
        learner.grow(learner.schema().withFeature(Feature.nominal("sort", "new", "old")));
      }
      final double[] x = event(random, learner.schema());
      if (i > 5) {
        x[3] = i % 2;
      }
      learner.predict(x, then);
      learner.learn(x, target(x, learner.schema()), then);
    }
    assertEquals(2, learner.parts().size());
    assertSame(learner, LearnerImage.fromBytes(LearnerImage.toBytes(learner)));
  }

  @Test
  void soAreNumbers() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), NUMBER);
    learn(learner, new SplittableRandom(3), 10);
    final Prediction then = new Prediction();
    final double[] x = event(new SplittableRandom(8), NUMBER);
    learner.predict(x, then);
    learner.learn(x, 0.25, then);
    assertSame(learner, LearnerImage.fromBytes(LearnerImage.toBytes(learner)));
  }

  @Test
  void aModelOfTwentyEventsTakesLessThanEightKilobytes() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), Schema.numeric(0, 0));
    learner.grow(Schema.numeric(8, 0));
    learner.grow(SCHEMA);
    learn(learner, new SplittableRandom(3), 20);
    final int bytes = LearnerImage.toBytes(learner).length;
    assertTrue(bytes <= 8 << 10, bytes + " bytes");
  }

  /**
   * Half-hours, a price that rises and falls, a demand, and three features that stay as they are.
   */
  private static double[] price(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final int date = i / 48;
    final double day = Math.sin(i * Math.PI / 24);
    final double[] x = {
      date / 100.0, date % 7, (i - 48 * date) / 47.0, 0, 0, 0.003467, 0.422915, 0.414912
    };
    x[3] = Math.rint(6e4 + 2e4 * day + 300 * random.nextInt(80)) / 1e6;
    x[4] = Math.rint(5e5 + 3e5 * day + 1e5 * random.nextDouble()) / 1e6;
    return x;
  }

  @Test
  void aModelOfAThousandEventsGoesOnToTheLastBitFromItsDeflatedImage() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    for (int i = 0; i < 1000; i++) {
      learner.learn(price(i), price(i)[3] > price(Math.max(0, i - 48))[3] ? 1 : 0, 1);
    }
    final byte[] image = LearnerImage.toBytes(learner);
    int chunks = 0;
    for (final Part part : learner.parts()) {
      final ImageWriter out = new ImageWriter();
      for (int chunk = 0; chunk < part.chunkCount(); chunk++) {
        part.writeChunk(chunk, out);
      }
      chunks += out.size();
    }
    assertTrue(image.length < chunks / 4 * 3, image.length + " bytes of " + chunks);
    assertTrue(image.length <= 140 << 10, image.length + " bytes");
    final Learner read = LearnerImage.fromBytes(image);
    assertArrayEquals(image, LearnerImage.toBytes(read));
    assertSame(learner, read);
  }

  @Test
  void withMoreEventsWhatItMadeOfThemIsSaved() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    learn(learner, new SplittableRandom(3), 32);
    assertEquals(2, learner.parts().size());
    learn(learner, new SplittableRandom(3), 1);
    assertEquals(2 + learner.members().size(), learner.parts().size());
    assertTrue(learner.parts().stream().skip(1).allMatch(part -> part.isDirty(0)));
  }

  private static Learner youngUpTo(final int events) {
    return Presets.open(
        new LearnerSpec("braid", 1, Map.of("young", String.valueOf(events))), SCHEMA);
  }

  /** Classes that change places every 150 events, so that trees are replaced. */
  private static void learnDrifting(
      final Learner learner, final int from, final int to, final List<PoolEvent> replaced) {
    for (int i = from; i < to; i++) {
      final double[] x = event(new SplittableRandom(i), SCHEMA);
      final double target = target(x, SCHEMA);
      learner.learn(x, i / 150 % 2 == 0 ? target : 1 - target, 1);
      replaced.addAll(learner.drainPoolEvents());
    }
  }

  @Test
  void itIsYoungAsLongAsIsAskedFor() {
    final Learner learner = youngUpTo(1000);
    final List<PoolEvent> before = new ArrayList<>();
    learnDrifting(learner, 0, 700, before);
    assertFalse(before.isEmpty(), "a tree was replaced, and that was handed out");
    final byte[] image = LearnerImage.toBytes(learner);
    assertTrue(image.length <= 100 << 10, image.length + " bytes");
    final Learner read = LearnerImage.fromBytes(image);
    assertArrayEquals(image, LearnerImage.toBytes(read));
    assertEquals(learner.sizeBytes(), read.sizeBytes());
    final List<PoolEvent> after = new ArrayList<>();
    final List<PoolEvent> afterRead = new ArrayList<>();
    learnDrifting(learner, 700, 1000, after);
    learnDrifting(read, 700, 1000, afterRead);
    assertEquals(after, afterRead);
    assertEquals(2, learner.parts().size());
    assertSame(learner, read);
  }

  @Test
  void itIsNeverYoungWhereThatIsAskedFor() {
    final Learner learner = youngUpTo(0);
    learn(learner, new SplittableRandom(3), 1);
    assertEquals(2 + learner.members().size(), learner.parts().size());
  }

  @Test
  void howLongIsAskedAnewWhenItIsRead() {
    final Learner learner = youngUpTo(1000);
    learn(learner, new SplittableRandom(3), 100);
    final LearnerSpec shorter = new LearnerSpec("braid", 1, Map.of());
    final Learner whole = reread(shorter, learner);
    final Learner again = reread(new LearnerSpec("braid", 1, Map.of("young", "500")), learner);
    assertEquals(2, whole.parts().size(), "as it was saved, until it is told more");
    learn(again, new SplittableRandom(4), 100);
    learn(whole, new SplittableRandom(4), 100);
    assertEquals(2, again.parts().size());
    assertEquals(2 + learner.members().size(), whole.parts().size());
    assertSame(reread(shorter, again), whole);
  }

  @Test
  void aSmallLearnerIsSavedAsItIs() {
    final Learner learner =
        Presets.open(
            new LearnerSpec("braid", 1, Map.of("experts", "naive-bayes+last-label")), SCHEMA);
    learn(learner, new SplittableRandom(3), 5);
    assertEquals(4, learner.parts().size());
  }

  @Test
  void predictingIsNotTold() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    learn(learner, new SplittableRandom(3), 5);
    final byte[] before = LearnerImage.toBytes(learner);
    learner.predict(new double[8], new Prediction());
    assertArrayEquals(before, LearnerImage.toBytes(learner));
  }

  @Test
  void whereOnlyWhatChangedIsSavedItGrowsUpWithoutATrace() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), Schema.numeric(8, 0));
    final KeptParts kept = new KeptParts();
    final SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 40; i++) {
      if (i == 2) {
        learner.grow(SCHEMA);
      }
      if (i >= 2) {
        learn(learner, random, 1);
      }
      kept.saveDirtyChunks(learner);
      final Learner read = LearnerImage.read(kept);
      assertArrayEquals(LearnerImage.toBytes(learner), LearnerImage.toBytes(read));
      if (i < 20) {
        assertEquals(learner.sizeBytes(), read.sizeBytes());
      }
    }
    assertEquals(2 + learner.members().size(), learner.parts().size());
  }

  @Test
  void underAnotherSpecificationItIsWhatItWasUnderTheFirst() {
    final LearnerSpec first =
        new LearnerSpec("braid", 1, Map.of("combine", "stacking-net(learning-rate=0.1)"));
    final LearnerSpec second =
        new LearnerSpec("braid", 1, Map.of("combine", "stacking-net(learning-rate=0.001)"));
    final Learner young = Presets.open(first, SCHEMA);
    learn(young, new SplittableRandom(3), 24);
    final Learner changed = reread(second, young);
    assertEquals(second, changed.spec());
    // Without its youth, it goes on in the same way.
    final Learner grown = reread(second, withoutYouth(young));
    assertTrue(grown.parts().size() > 2);
    assertEquals(2, changed.parts().size());
    final Learner again = LearnerImage.fromBytes(LearnerImage.toBytes(changed));
    assertEquals(second, again.spec());
    assertSame(changed, grown);
    assertSame(reread(second, withoutYouth(young)), again);
  }

  private static Learner reread(final LearnerSpec as, final Learner learner) {
    final ImageWriter out = new ImageWriter();
    PackedParts.write(learner.parts(), Integer.MAX_VALUE, out);
    return new LearnerReader(as).read(PackedParts.read(new ImageReader(out.toByteArray())));
  }

  private static Learner withoutYouth(final Learner learner) {
    final ImageWriter out = new ImageWriter();
    PackedParts.write(((PoolLearner) learner).wholeParts(), Integer.MAX_VALUE, out);
    return LearnerImage.read(PackedParts.read(new ImageReader(out.toByteArray())));
  }

  @Test
  void whatCannotHaveBeenToldIsRefused() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    final Youth told = new Youth(SCHEMA, 32);
    told.learned(new double[8], 7, 1, null);
    assertRefused(learner, told);
    final Youth shorter = new Youth(Schema.numeric(7, 2), 32);
    shorter.learned(new double[7], 1, 1, null);
    assertRefused(learner, shorter);
    final Youth weightless = new Youth(SCHEMA, 32);
    weightless.learned(new double[8], 1, 0, null);
    assertRefused(learner, weightless);
    final Youth eventless = new Youth(SCHEMA, 32);
    eventless.learned(new double[8], 1, 1, null);
    eventless.drained();
    assertRefused(learner, eventless);
  }

  private static void assertRefused(final Learner learner, final Youth told) {
    final ImageWriter out = new ImageWriter();
    PackedParts.write(List.of(learner.parts().get(0), told), Integer.MAX_VALUE, out);
    final PackedParts parts = PackedParts.read(new ImageReader(out.toByteArray()));
    assertThrows(MalformedImageException.class, () -> LearnerImage.read(parts));
  }

  @Test
  void aSchemaThatDidNotOnlyGrowEndsIt() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    learn(learner, new SplittableRandom(3), 3);
    final List<Feature> renamed = new ArrayList<>(SCHEMA.features());
    renamed.set(2, Feature.numeric("another"));
    learner.grow(SCHEMA.withFeatures(renamed));
    assertTrue(learner.parts().size() > 2);
  }
}
