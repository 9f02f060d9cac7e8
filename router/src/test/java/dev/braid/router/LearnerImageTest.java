package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.data.Schema;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearnerImageTest {

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void aRestoredLearnerGoesOnBitForBit(final String preset) {
    final Learner original = Presets.open(LearnerSpec.of(preset, 7), Streams.SCHEMA);
    final Streams stream = new Streams(3);
    // Ends in the middle of a mini-batch.
    for (int t = 0; t < 1000; t++) {
      stream.next();
      original.learn(stream.x, stream.label);
    }
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(original));
    assertEquals(original.spec(), restored.spec());
    assertEquals(original.schema(), restored.schema());
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    for (int t = 0; t < 1000; t++) {
      stream.next();
      original.testThenTrain(stream.x, stream.label, a);
      restored.testThenTrain(stream.x, stream.label, b);
      assertArrayEquals(a.probabilities(), b.probabilities());
      assertArrayEquals(a.weights(), b.weights());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void aRestoredLearnerIsClean(final String preset) {
    final Learner original = Presets.open(LearnerSpec.of(preset, 7), Streams.SCHEMA);
    for (final Part part : LearnerImage.fromBytes(LearnerImage.toBytes(original)).parts()) {
      for (int b = 0; b < part.chunkCount(); b++) {
        assertFalse(part.isDirty(b));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void chunksThatAreCleanHaveNotChanged(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 7), Streams.SCHEMA);
    final Streams stream = new Streams(3);
    final KeptParts saved = new KeptParts();
    for (int t = 0; t < 600; t++) {
      stream.next();
      learner.learn(stream.x, stream.label);
      if (t % 97 == 0) {
        saved.saveDirtyChunks(learner);
      }
    }
    saved.saveDirtyChunks(learner);
    assertArrayEquals(
        LearnerImage.toBytes(learner), LearnerImage.toBytes(LearnerImage.read(saved)));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void everyChunkOfANewLearnerIsDirty(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 7), Streams.SCHEMA);
    final KeptParts saved = new KeptParts();
    saved.saveDirtyChunks(learner);
    assertArrayEquals(
        LearnerImage.toBytes(learner), LearnerImage.toBytes(LearnerImage.read(saved)));
  }

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void aCutImageIsRefused(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 7), Schema.numeric(2, 2));
    final byte[] image = LearnerImage.toBytes(learner);
    for (int length = 0; length < image.length; length += 1 + image.length / 50) {
      final byte[] cut = Arrays.copyOf(image, length);
      assertThrows(MalformedImageException.class, () -> LearnerImage.fromBytes(cut));
    }
  }
}
