package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.rest.Forecasts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.experts.moe.spec.RestSpec;
import dev.braid.experts.moe.state.StoredChunks;
import dev.braid.spec.Term;
import dev.braid.state.image.MalformedImageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experts that memory has no room for are in the store, and come back when they are wanted. */
class ExpertMemoryTest {
  private static final int EXPERTS = 8;
  private static final int ROWS = 16;

  private static DenseMoeSpec spec(final RestSpec rest) {
    return new DenseMoeSpec(3, 20, 3, EXPERTS, GateSpec.sigmoid(2, 1, 0), 5e-3, 3, rest);
  }

  private static long expertBytes() {
    return 12L * spec(RestSpec.NONE).layout(0).size();
  }

  private static DenseOptions options(final double experts) {
    final long most =
        experts == Double.POSITIVE_INFINITY ? Long.MAX_VALUE : (long) (experts * expertBytes());
    return new DenseOptions(BackendChoice.JAVA, ROWS).withExpertMemory(most);
  }

  /** Rows of one corner of the cube for a while, then of the next: few experts at a time. */
  private static void fill(final DenseBatch batch, final int step) {
    batch.clear();
    final SplittableRandom random = new SplittableRandom(step);
    final int corner = step / 40 % 4;
    for (int r = 0; r < ROWS; r++) {
      final double a = (corner & 1) * 4 - 2 + random.nextDouble();
      final double b = (corner & 2) * 2 - 2 + random.nextDouble();
      final double c = random.nextDouble() * 2 - 1;
      batch.add(new double[] {a, b, c}, r % 5 == 4 ? -1 : c > 0 ? corner & 1 : 2);
    }
  }

  /** What a layer says in some steps, saved and resumed after every so many. */
  private static float[] run(
      final RestSpec rest,
      final DenseOptions options,
      final int resumeEvery,
      final StoredChunks chunks) {
    return run(spec(rest), options, resumeEvery, chunks);
  }

  private static float[] run(
      final DenseMoeSpec spec,
      final DenseOptions options,
      final int resumeEvery,
      final StoredChunks chunks) {
    DenseMoe layer = DenseMoe.open(spec, options, chunks);
    final DenseBatch batch = new DenseBatch(spec, ROWS, false);
    final long least = 12L * spec.layout(0).size() + 4L * spec.memoryLayout(0).size();
    final long most = Math.max(options.expertMemory(), least);
    final int width = ROWS * 3;
    final float[] said = new float[320 * width];
    for (int i = 0; i < 320; i++) {
      fill(batch, i);
      layer.step(batch);
      System.arraycopy(batch.probabilities(), 0, said, i * width, width);
      assertTrue(layer.memory().inMemoryBytes() <= most, layer.memory().toString());
      if (i % resumeEvery == resumeEvery - 1) {
        chunks.save(layer);
        layer.close();
        layer = DenseMoe.resume(chunks, options);
      }
    }
    return said;
  }

  @ParameterizedTest(name = "{0}, room for {1}, resumed every {2} steps")
  @CsvSource({
    "none, 1, 1000", "none, 2.5, 1000", "none, 4, 37", "none, 0, 50", "none, 20, 37",
    "int8, 1.3, 1000", "int8, 3, 37", "int4, 2, 1000", "int4, 0, 50", "int4, 5, 37"
  })
  void whatIsInMemoryChangesNoBit(final String format, final double room, final int resumeEvery) {
    final RestSpec rest = RestSpec.of(format, 15);
    final float[] all = run(rest, options(Double.POSITIVE_INFINITY), 1000, new StoredChunks());
    assertArrayEquals(all, run(rest, options(room), resumeEvery, new StoredChunks()));
  }

  static List<String> forecasts() {
    return Forecasts.ALL.names();
  }

  @ParameterizedTest
  @MethodSource("forecasts")
  void noForecastChangesABit(final String name) {
    final RestSpec rest = RestSpec.of("int8", 15);
    final Forecast forecast = Word.make(Forecasts.ALL, Term.parse(name));
    final float[] all = run(rest, options(Double.POSITIVE_INFINITY), 1000, new StoredChunks());
    assertArrayEquals(all, run(rest, options(2.5).with(forecast), 37, new StoredChunks()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expert=mlp(20)*8,life=spawn(2,9)+prune(0.7,20)",
        "expert=mlp(20)*4+film(20)*4,life=spawn(1,15)",
        "expert=window(20)*8,life=prune(0.9,20)"
      })
  void nothingChangesABitWhereExpertsComeAndGo(final String parts) {
    final String text = "gate=top-k(2)/balance(0.01),rest=int8,rest-after=15," + parts;
    final DenseMoeSpec spec = new DenseMoeSpec(3, 3, LayerSpec.parse(text), 3);
    final float[] all = run(spec, options(Double.POSITIVE_INFINITY), 1000, new StoredChunks());
    assertArrayEquals(all, run(spec, options(2.5), 37, new StoredChunks()));
    assertArrayEquals(all, run(spec, options(0), 50, new StoredChunks()));
  }

  @Test
  void aLayerLargerThanItsMemoryIsNeverWhollyInIt() {
    final StoredChunks chunks = new StoredChunks();
    final DenseMoe layer = DenseMoe.open(spec(RestSpec.NONE), options(3), chunks);
    final MemoryFigures begun = layer.memory();
    assertEquals(EXPERTS + 1 - 3, begun.evictedExperts());
    assertEquals(3 * expertBytes(), begun.inMemoryBytes());
    assertEquals(6 * expertBytes(), begun.evictedBytes());
    chunks.save(layer);
    chunks.reads = 0;
    final DenseMoe resumed = DenseMoe.resume(chunks, options(3));
    assertEquals(1 + 3, chunks.reads, "the gate and the experts that fit");
    assertEquals(6, resumed.memory().evictedExperts());
  }

  @Test
  void anExpertThatDidNotLearnIsNotWrittenWhenItLeaves() {
    final StoredChunks chunks = new StoredChunks();
    final DenseMoe layer = DenseMoe.open(spec(RestSpec.NONE), options(2), chunks);
    chunks.save(layer);
    final Map<Integer, byte[]> before = new HashMap<>(chunks.images);
    final DenseBatch batch = new DenseBatch(spec(RestSpec.NONE), ROWS, false);
    for (int i = 0; i < 12; i++) {
      fill(batch, 40 * i);
      for (int r = 0; r < ROWS; r++) {
        batch.labels()[r] = -1;
      }
      final DenseBatch asked = new DenseBatch(spec(RestSpec.NONE), ROWS, false);
      for (int r = 0; r < ROWS; r++) {
        asked.add(batch, r, -1);
      }
      layer.step(asked);
    }
    assertTrue(layer.memory().misses() > 10, layer.memory().toString());
    before.forEach((chunk, image) -> assertEquals(image, chunks.images.get(chunk)));
    for (int b = 0; b < layer.chunkCount(); b++) {
      assertFalse(layer.isDirty(b), "chunk " + b);
    }
  }

  /** A batch of these asks five experts on average. */
  private static MemoryFigures figures(final double room) {
    final DenseMoe layer = DenseMoe.open(spec(RestSpec.NONE), options(room), new StoredChunks());
    final DenseBatch batch = new DenseBatch(spec(RestSpec.NONE), ROWS, false);
    for (int i = 0; i < 320; i++) {
      fill(batch, i);
      layer.step(batch);
    }
    return layer.memory();
  }

  @Test
  void expertsThatTheGateLeansToStayOrAreReadAhead() {
    final MemoryFigures ample = figures(6);
    assertTrue(ample.hits() > 9 * ample.misses(), ample.toString());
    final MemoryFigures scarce = figures(2);
    assertTrue(scarce.prefetches() > 50, scarce.toString());
    assertTrue(scarce.hits() > scarce.prefetches(), scarce.toString());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 4})
  void aLayerGrowsWithExpertsThatAreAway(final double room) {
    final StoredChunks chunks = new StoredChunks();
    final DenseMoe layer = DenseMoe.open(spec(RestSpec.NONE), options(room), chunks);
    final DenseMoe all = DenseMoe.open(spec(RestSpec.NONE), options(Double.POSITIVE_INFINITY));
    final DenseMoe grown = layer.grow(4, 4);
    final DenseMoe grownWhole = all.grow(4, 4);
    final DenseBatch one = Batches.random(grown.spec(), ROWS, 0, 1);
    final DenseBatch other = Batches.random(grown.spec(), ROWS, 0, 1);
    grown.step(one);
    grownWhole.step(other);
    assertArrayEquals(other.probabilities(), one.probabilities());
  }

  @Test
  void aStoreWithoutTheLayerIsRefused() {
    assertThrows(
        MalformedImageException.class, () -> DenseMoe.resume(new StoredChunks(), options(2)));
    final StoredChunks chunks = new StoredChunks();
    chunks.save(DenseMoe.open(spec(RestSpec.NONE), options(9), chunks));
    chunks.images.remove(3);
    assertThrows(MalformedImageException.class, () -> DenseMoe.resume(chunks, options(9)));
  }
}
