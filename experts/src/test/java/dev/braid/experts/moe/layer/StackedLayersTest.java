package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.StoredChunks;
import dev.braid.experts.moe.state.Weights;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers one behind another, of every registered part that can stand below others. */
class StackedLayersTest {
  private static final int INPUTS = 4;
  private static final int CLASSES = 3;
  private static final int ROWS = 16;
  private static final float STEP = 1e-3f;

  /** In 32 bits, and with units that switch between the two points of a difference. */
  private static final double TOLERANCE = 0.05;

  /**
   * Parts that differences see move otherwise than gradients: by jumps of their inputs or weights,
   * with weights of experts that they take as given, by a loss of their own, or with experts that
   * learn in turn with the gate.
   */
  private static final Set<String> OTHERWISE =
      Set.of(
          "hash",
          "task",
          "located",
          "random",
          "mean-key",
          "reconstruct",
          "perft",
          "ternary",
          "leave-one-out");

  private static final DenseOptions JAVA =
      new DenseOptions(DenseOptions.BackendChoice.JAVA, ROWS).withUnpacked(1);

  static List<String> layers() {
    final List<String> layers = new ArrayList<>();
    Gates.SCORES.names().forEach(name -> layers.add("gate=" + name + "/top-k(2),expert=mlp(6)*4"));
    Gates.ASSIGNS.names().forEach(name -> layers.add("gate=" + name + "+1,expert=mlp(6)*4"));
    Gates.PENALTIES.names().forEach(name -> layers.add("gate=top-k(2)/" + name + ",expert=mlp*4"));
    Kinds.ALL.names().forEach(name -> layers.add("expert=" + name + "*2+mlp(5)"));
    Combines.ALL.names().forEach(name -> layers.add(combining(name) + ",expert=mlp(6)*3"));
    Lives.ALL.names().forEach(name -> layers.add("life=" + name + ",expert=mlp(6)*3"));
    Codecs.ALL
        .names()
        .forEach(
            name -> layers.add("gate=top-k(1),expert=mlp(6)*5,rest=" + name + ",rest-after=3"));
    return layers;
  }

  private static String combining(final String name) {
    final boolean shared = Word.make(Combines.ALL, Term.parse(name)).needsShared();
    return (shared ? "gate=softmax+1," : "") + "combine=" + name;
  }

  /** Two layers of the same parts; null where these are refused. */
  private static DenseMoeSpec stack(final String layer) {
    final LayerSpec parts;
    try {
      parts = LayerSpec.parse(layer + ",depth=2");
    } catch (final IllegalArgumentException refused) {
      assertTrue(refused.getMessage().contains("depth="), refused.getMessage());
      return null;
    }
    assertEquals(parts, LayerSpec.parse(parts.text()));
    return new DenseMoeSpec(INPUTS, CLASSES, parts, 7);
  }

  private static void train(final DenseMoe layer, final int steps, final long seed) {
    final DenseBatch batch = new DenseBatch(layer.spec(), ROWS, false);
    final SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < steps; i++) {
      Batches.fill(batch, 1 + random.nextInt(ROWS), 5, random);
      layer.step(batch);
    }
  }

  private static List<byte[]> images(final DenseMoe layer) {
    final List<byte[]> images = new ArrayList<>();
    for (int c = 0; c < layer.chunkCount(); c++) {
      final ImageWriter out = new ImageWriter();
      layer.writeChunk(c, out);
      images.add(out.toByteArray());
    }
    return images;
  }

  private static List<ImageReader> readers(final List<byte[]> images) {
    return images.stream().map(ImageReader::new).toList();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void readBackTheyGoOnBitForBit(final String text) {
    final DenseMoeSpec spec = stack(text);
    if (spec == null) {
      return;
    }
    final DenseMoe undisturbed = DenseMoe.open(spec, JAVA);
    train(undisturbed, 15, 3);
    final DenseMoe restored = DenseMoe.read(readers(images(undisturbed)), JAVA);
    train(undisturbed, 15, 8);
    train(restored, 15, 8);
    assertArrayEquals(images(undisturbed).toArray(), images(restored).toArray());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void anAnswerNeedsNoCompanyAndGrowthChangesNone(final String text) {
    final DenseMoeSpec spec = stack(text);
    if (spec == null) {
      return;
    }
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    train(layer, 15, 3);
    final DenseBatch together = Batches.random(spec, ROWS, 1, 4);
    layer.step(together);
    final DenseBatch alone = new DenseBatch(spec, 1, false);
    alone.add(together, 5, -1);
    layer.step(alone);
    assertArrayEquals(
        Arrays.copyOfRange(together.probabilities(), 5 * CLASSES, 6 * CLASSES),
        alone.probabilities());
    final DenseMoe grown = layer.grow(INPUTS + 2, CLASSES + 1);
    final DenseBatch wider = new DenseBatch(grown.spec(), 1, false);
    wider.add(Arrays.copyOf(alone.inputs(), INPUTS + 2), -1);
    grown.step(wider);
    for (int c = 0; c < CLASSES; c++) {
      final float left = 1 - wider.probabilities()[CLASSES];
      assertEquals(alone.probabilities()[c], wider.probabilities()[c] / left, 2e-4);
    }
    train(grown, 5, 5);
  }

  static List<String> smooth() {
    final List<String> layers = new ArrayList<>();
    Gates.SCORES.names().stream()
        .filter(name -> !OTHERWISE.contains(name))
        .forEach(name -> layers.add("gate=" + name + "/softmax,expert=mlp(6)*3"));
    Kinds.ALL.names().stream()
        .filter(name -> !OTHERWISE.contains(name) && !predictsOtherwise(name))
        .forEach(name -> layers.add("expert=" + name + "*3"));
    Combines.ALL.names().stream()
        .filter(name -> !OTHERWISE.contains(name))
        .forEach(name -> layers.add(combining(name) + ",expert=mlp(6)*3"));
    layers.add("gate=top-k(2)+1,expert=mlp(6)*4");
    layers.add("gate=sigmoid-top-k(2),expert=linear*4");
    return layers;
  }

  private static boolean predictsOtherwise(final String kind) {
    return Word.make(Kinds.ALL, Term.parse(kind)).differsWhenLearning();
  }

  /** After one step Adam's first moment is a tenth of the gradient. */
  @ParameterizedTest
  @MethodSource("smooth")
  void theGradientOfALowerLayerIsTheDerivativeOfTheLoss(final String text) {
    final DenseMoeSpec spec = stack(text + ",learning-rate=1e-9");
    if (spec == null) {
      return;
    }
    final MoeState learned = awake(spec);
    final DenseBatch batch = Batches.random(spec, ROWS, 0, 5);
    new CpuMoe(learned, new JavaProducts(), ROWS).submit(batch);
    final DenseBatch asking = new DenseBatch(spec, ROWS, false);
    for (int r = 0; r < ROWS; r++) {
      asking.add(batch, r, -1);
    }
    final MoeState moved = awake(spec);
    final CpuMoe layer = new CpuMoe(moved, new JavaProducts(), ROWS);
    final MoeState lower = moved.layers()[0];
    for (int b = 0; b < lower.chunkCount(); b++) {
      final float[] theta = lower.weights(b).theta;
      final Weights weights = learned.layers()[0].weights(b);
      double wrong = 0;
      double all = 0;
      for (int i = 0; i < theta.length; i++) {
        final float at = theta[i];
        theta[i] = at + STEP;
        final double wide = theta[i];
        final double above = loss(layer, asking, batch.labels());
        theta[i] = at - STEP;
        final double difference = (above - loss(layer, asking, batch.labels())) / (wide - theta[i]);
        theta[i] = at;
        final double gradient = weights.m[i] / (1 - Adam.BETA1);
        wrong += (difference - gradient) * (difference - gradient);
        all += difference * difference;
      }
      assertTrue(
          wrong <= TOLERANCE * TOLERANCE * all + 1e-8,
          "chunk " + b + ": " + Math.sqrt(wrong) + " of " + Math.sqrt(all));
    }
  }

  /** Weights large enough that layers differ between rows. */
  private static MoeState awake(final DenseMoeSpec spec) {
    final MoeState state = MoeState.create(spec);
    final SplittableRandom random = new SplittableRandom(3);
    for (int b = 0; b < state.chunkCount(); b++) {
      final float[] theta = state.weights(b).theta;
      for (int i = 0; i < theta.length; i++) {
        theta[i] += (float) (0.4 * (random.nextDouble() - 0.5));
      }
    }
    return state;
  }

  private static double loss(final CpuMoe layer, final DenseBatch asking, final int[] labels) {
    layer.submit(asking);
    double loss = 0;
    for (int r = 0; r < ROWS; r++) {
      loss -= Math.log(asking.probabilities()[r * CLASSES + labels[r]]);
    }
    return loss / ROWS;
  }

  /** What each of two linear layers cannot say, both together can. */
  @Test
  void aLowerLayerLearnsWhatTheLastOneCannotSay() {
    final double one = learnedLoss("expert=linear");
    final double two = learnedLoss("expert=linear,depth=2(expert=mlp(12))");
    assertTrue(two < 0.6 * one, "loss of one layer " + one + ", of two " + two);
  }

  private static double learnedLoss(final String text) {
    final LayerSpec parts = LayerSpec.parse(text + ",learning-rate=0.01");
    final DenseMoe layer = DenseMoe.open(new DenseMoeSpec(INPUTS, CLASSES, parts, 7), JAVA);
    final DenseBatch batch = new DenseBatch(layer.spec(), ROWS, false);
    final SplittableRandom random = new SplittableRandom(1);
    double last = 0;
    for (int i = 0; i < 1500; i++) {
      Batches.fill(batch, ROWS, 0, random);
      layer.step(batch);
      last += i >= 1400 ? Batches.loss(batch) : 0;
    }
    return last;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "int8"})
  void theyAreTheSameWithTheirExpertsInAStoreAndResumedFromThere(final String rest) {
    final DenseMoeSpec spec =
        new DenseMoeSpec(
            INPUTS,
            CLASSES,
            LayerSpec.parse(
                "gate=top-k(1),expert=mlp(6)*4,rest="
                    + rest
                    + ",rest-after=3,depth=3(expert=film(5)*4;expert=mlp(8)*4)"),
            7);
    final DenseOptions few = JAVA.withExpertMemory(spec.expertBytes() / 3);
    final StoredChunks chunks = new StoredChunks();
    final DenseMoe all = DenseMoe.open(spec, JAVA);
    final DenseMoe bounded = DenseMoe.open(spec, few, chunks);
    train(all, 30, 3);
    train(bounded, 30, 3);
    assertTrue(bounded.memory().evictedExperts() > 3, bounded.memory().toString());
    chunks.save(bounded);
    final DenseMoe resumed = DenseMoe.resume(chunks, few);
    train(all, 30, 4);
    train(resumed, 30, 4);
    assertArrayEquals(images(all).toArray(), images(resumed).toArray());
    assertEquals(all.rest().resting(), resumed.rest().resting());
    assertEquals(rest.equals("none"), all.rest().resting() == 0);
  }

  @Test
  void aLayerThatBelongsElsewhereIsNotRead() {
    final DenseMoeSpec spec = stack("expert=mlp(6)*3");
    final DenseMoeSpec other = new DenseMoeSpec(INPUTS, CLASSES, spec.layer(), 8);
    final List<byte[]> images = images(DenseMoe.open(spec, JAVA));
    final List<byte[]> others = images(DenseMoe.open(other, JAVA));
    final int own = spec.ownChunkCount();
    images.set(own, others.get(own));
    assertThrows(MalformedImageException.class, () -> DenseMoe.read(readers(images), JAVA));
  }
}
