package dev.braid.jobs.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.state.ChunkStore;
import dev.braid.jobs.config.JobConfig;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenseStageTest {
  private final List<Event> given = new ArrayList<>();
  private final Queue<Runnable> mails = new ConcurrentLinkedQueue<>();
  private Steps steps = Steps.here();

  @AfterEach
  void end() {
    steps.end(() -> {});
  }

  /** Chunks in a map. */
  private static final class Chunks implements ChunkStore {
    private final Map<Integer, byte[]> images = new HashMap<>();

    @Override
    public byte[] read(final int chunk) {
      return images.get(chunk);
    }

    @Override
    public void write(final int chunk, final byte[] image) {
      images.put(chunk, image);
    }
  }

  private DenseStage open(final JobConfig config) {
    return open(config, new Chunks());
  }

  private DenseStage open(final JobConfig config, final ChunkStore chunks) {
    return DenseStage.open(config, chunks, config.dense().options(0), steps, metrics(), given::add);
  }

  private DenseStage copy(final JobConfig config, final DenseStage stage) {
    final Chunks chunks = new Chunks();
    for (int b = 0; b < stage.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      stage.writeChunk(b, out);
      chunks.write(b, out.toByteArray());
    }
    return open(config, chunks);
  }

  private static DenseMetrics metrics() {
    return new DenseMetrics(new UnregisteredMetricsGroup());
  }

  /** A third of the events without a label; every fifth of these gets it 40 events later. */
  private List<String> run(final JobConfig config, final int flushOneIn, final int saveOneIn) {
    given.clear();
    final SplittableRandom moments = new SplittableRandom(flushOneIn + 31L * saveOneIn);
    DenseStage stage = open(config);
    final float[][] kept = new float[1_000][];
    for (int i = 0; i < 1_000; i++) {
      for (Runnable mail = mails.poll(); mail != null; mail = mails.poll()) {
        mail.run();
      }
      final boolean labelled = i % 3 != 0;
      final Event event = DenseRows.event(i, "", labelled ? DenseRows.label(i) : null);
      kept[i] = stage.add(event, stage.classIndex(event.label())).clone();
      if (i >= 40 && i % 15 == 10) {
        stage.learn(kept[i - 40], stage.classIndex(DenseRows.label(i - 40)));
      }
      if (flushOneIn > 0 && moments.nextInt(flushOneIn) == 0) {
        stage.flush();
      }
      if (saveOneIn > 0 && moments.nextInt(saveOneIn) == 0) {
        stage.flush();
        stage = copy(config, stage);
      }
    }
    stage.flush();
    return given.stream().map(DenseRows::exact).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"softmax", "top-k(2)/balance(0.01)", "sigmoid-top-k(2)/balance(0.01)"})
  void neitherFlushesNorFailuresChangeABitOfAPrediction(final String gate) {
    final JobConfig config =
        DenseRows.config("dense.layer", DenseRows.layer(gate, 3), "dense.predictions", "experts");
    final List<String> undisturbed = run(config, 0, 0);
    assertEquals(1_000, undisturbed.size());
    assertEquals(undisturbed, run(config, 1, 0));
    assertEquals(undisturbed, run(config, 7, 0));
    assertEquals(undisturbed, run(config, 5, 23));
  }

  @ParameterizedTest
  @ValueSource(strings = {"softmax", "top-k(2)/balance(0.01)", "sigmoid-top-k(2)/balance(0.01)"})
  void stepsInAThreadBesideChangeNeitherBitNorOrder(final String gate) {
    final JobConfig config =
        DenseRows.config("dense.layer", DenseRows.layer(gate, 3), "dense.predictions", "experts");
    final List<String> here = run(config, 0, 0);
    steps = Steps.beside("steps", mails::add);
    assertEquals(here, run(config, 0, 0));
    assertEquals(here, run(config, 7, 0));
    assertEquals(here, run(config, 5, 23));
  }

  @Test
  void theNextBatchIsGatheredWhileOneIsComputed() throws Exception {
    final CountDownLatch go = new CountDownLatch(1);
    final Steps slow = Steps.beside("steps", mails::add);
    steps =
        new Steps() {
          @Override
          public CompletableFuture<Long> begin(final Callable<Long> step, final Runnable whenDone) {
            return slow.begin(
                () -> {
                  go.await();
                  return step.call();
                },
                whenDone);
          }

          @Override
          public boolean end(final Runnable release) {
            return slow.end(release);
          }
        };
    final DenseStage stage = open(DenseRows.config());
    for (int i = 0; i < 31; i++) {
      stage.add(DenseRows.event(i, ""), i % 2);
    }
    assertEquals(0, given.size());
    assertTrue(stage.owes());
    assertThrows(IllegalStateException.class, () -> stage.writeChunk(0, new ImageWriter()));
    go.countDown();
    stage.flush();
    assertEquals(31, given.size());
    assertFalse(stage.owes());
  }

  @Test
  void aStepThatFailsBesideFailsTheTask() {
    steps =
        new Steps() {
          @Override
          public CompletableFuture<Long> begin(final Callable<Long> step, final Runnable whenDone) {
            return CompletableFuture.failedFuture(new IllegalStateException("no device"));
          }

          @Override
          public boolean end(final Runnable release) {
            release.run();
            return true;
          }
        };
    final DenseStage stage = open(DenseRows.config());
    stage.add(DenseRows.event(0, ""), 0);
    final Exception failure = assertThrows(IllegalStateException.class, stage::flush);
    assertEquals("no device", failure.getMessage());
  }

  static List<String> layers() {
    final List<String> layers = new ArrayList<>();
    final String end = ",learning-rate=0.01";
    Gates.SCORES.names().forEach(n -> layers.add("gate=" + n + "/top-k(2),expert=mlp(9)*4" + end));
    Gates.ASSIGNS.names().forEach(n -> layers.add("gate=" + n + "+1,expert=mlp(9)*4" + end));
    Gates.PENALTIES.names().forEach(n -> layers.add("gate=top-k/" + n + ",expert=mlp(9)*4" + end));
    Kinds.ALL.names().forEach(n -> layers.add("gate=top-k(2),expert=" + n + "*4" + end));
    for (final String n : Combines.ALL.names()) {
      final boolean shared = Word.make(Combines.ALL, Term.parse(n)).needsShared();
      layers.add((shared ? "gate=softmax+1," : "") + "combine=" + n + ",expert=mlp(9)*4" + end);
    }
    Lives.ALL.names().forEach(n -> layers.add("life=" + n + ",expert=mlp(9)*4" + end));
    layers.add("gate=top-k(2)+1,expert=mlp(9)*4,depth=2" + end);
    layers.add("expert=mlp(9)*4,depth=3(gate=softmax,expert=mlp(5)*2;expert=kan*3)" + end);
    layers.add("gate=top-k(2),life=spawn(2,5)+prune(0.9,7),expert=mlp(6)*3+film(6)*3" + end);
    return layers;
  }

  /** Whatever is registered for a layer keeps nothing that an image has not. */
  @ParameterizedTest
  @MethodSource("layers")
  void noPartOfALayerIsChangedByFlushesAndFailures(final String layer) {
    final JobConfig config = DenseRows.config("dense.layer", layer, "dense.predictions", "experts");
    assertEquals(run(config, 0, 0), run(config, 5, 23));
  }

  @Test
  void expertsThatRestChangeThatInNothing() {
    final JobConfig config =
        DenseRows.config("dense.layer", DenseRows.layer("top-k(2)", 6) + ",rest=int4,rest-after=2");
    final List<String> undisturbed = run(config, 0, 0);
    assertEquals(undisturbed, run(config, 7, 0));
    assertEquals(undisturbed, run(config, 5, 23));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 b", "2 kb"})
  void expertsThatLeaveMemoryChangeThatInNothing(final String memory) {
    final Map<String, String> keys =
        Map.of("dense.layer", DenseRows.layer("top-k(2)/balance(0.01)", 6) + ",rest=int8");
    final JobConfig all = DenseRows.config(keys);
    final Map<String, String> more = new HashMap<>(keys);
    more.put("dense.expert-memory", memory);
    final JobConfig few = DenseRows.config(more);
    final List<String> undisturbed = run(all, 0, 0);
    assertEquals(undisturbed, run(few, 7, 0));
    assertEquals(undisturbed, run(few, 5, 23));
  }

  /** Some experts of both layers are in the store alone, and some of them rest. */
  @Test
  void layersOneBehindAnotherGiveTheSameWhereverTheirExpertsAre() {
    final String layer = DenseRows.layer("top-k(2)", 6) + ",depth=2(expert=mlp(8)*4)";
    final Map<String, String> keys = Map.of("dense.layer", layer + ",rest=int8,rest-after=2");
    final JobConfig all = DenseRows.config(keys);
    final Map<String, String> more = new HashMap<>(keys);
    more.put("dense.expert-memory", "2 kb");
    final JobConfig few = DenseRows.config(more);
    final List<String> undisturbed = run(all, 0, 0);
    assertEquals(undisturbed, run(all, 5, 23));
    assertEquals(undisturbed, run(few, 5, 23));
  }

  @Test
  void eventsGoOutInTheirOrderWithTheirPredictionsBehindTheirFeatures() {
    final DenseStage stage = open(DenseRows.config());
    for (int i = 0; i < 40; i++) {
      stage.add(DenseRows.event(i, "", i % 2 == 0 ? null : "same"), i % 2 == 0 ? -1 : 0);
    }
    stage.flush();
    for (int i = 0; i < 40; i++) {
      final Event before = DenseRows.event(i, "");
      final Event after = given.get(i);
      assertEquals(before.id(), after.id());
      assertEquals(List.of("a", "b", "c", "@dense:same", "@dense:other"), List.of(after.names()));
      assertEquals(before.numbers()[1], after.numbers()[1]);
      assertArrayEquals(new String[] {null, null, "text", null, null}, after.texts());
      assertEquals(1, after.numbers()[3] + after.numbers()[4], 1e-6);
    }
  }

  @Test
  void theLayerLearnsWhatALinearModelCannot() {
    final DenseStage stage = open(DenseRows.config());
    for (int i = 0; i < 4_000; i++) {
      stage.add(DenseRows.event(i, ""), stage.classIndex(DenseRows.label(i)));
    }
    final double late =
        given.subList(3_000, 4_000).stream().filter(DenseRows::isRight).count() / 1_000.0;
    assertTrue(late > 0.85, "accuracy of the last 1000 predictions " + late);
  }

  @Test
  void anEventWaitsNoLongerThanForAFullBatch() {
    final DenseStage stage = open(DenseRows.config());
    for (int i = 0; i < 15; i++) {
      stage.add(DenseRows.event(i, ""), i % 2 == 0 ? 0 : -1);
    }
    assertEquals(0, given.size());
    stage.add(DenseRows.event(15, ""), -1);
    assertEquals(16, given.size());
  }

  private static Event nominal(final int i, final String value) {
    final Event plain = DenseRows.event(i, "");
    return new Event(
        plain.id(),
        plain.key(),
        plain.timestamp(),
        new String[] {"c"},
        new double[] {value.equals("7") ? 7 : Double.NaN},
        new String[] {value.equals("7") ? null : value},
        plain.label(),
        plain.origin());
  }

  private static final Map<String, String> NOMINAL =
      Map.of("schema.numeric", "", "schema.nominal", "c", "dense.nominal-values", "3");

  @Test
  void valuesOfANominalFeatureHaveAnInputEachInTheOrderInWhichTheyAppear() {
    DenseStage stage = open(DenseRows.config(NOMINAL));
    assertArrayEquals(new float[] {1, 0, 0}, stage.add(nominal(0, "red"), -1));
    assertArrayEquals(new float[] {0, 1, 0}, stage.add(nominal(1, "7"), -1));
    assertArrayEquals(new float[] {1, 0, 0}, stage.add(nominal(2, "red"), -1));
    stage.flush();
    stage = copy(DenseRows.config(NOMINAL), stage);
    assertArrayEquals(new float[] {0, 0, 1}, stage.add(nominal(3, "blue"), -1));
    assertArrayEquals(new float[] {0, 1, 0}, stage.add(nominal(4, "7"), -1));
    assertArrayEquals(new float[3], stage.add(nominal(5, "one too many"), -1));
    assertArrayEquals(new float[3], stage.add(DenseRows.event(6, ""), -1));
  }

  @Test
  void theLayerLearnsFromNominalFeatures() {
    final DenseStage stage = open(DenseRows.config(NOMINAL));
    for (int i = 0; i < 1_000; i++) {
      stage.add(nominal(i, DenseRows.label(i).equals("same") ? "red" : "7"), -1);
      stage.learn(
          stage.add(nominal(i, DenseRows.label(i).equals("same") ? "red" : "7"), -1).clone(),
          stage.classIndex(DenseRows.label(i)));
    }
    final long right = given.subList(1_500, 1_900).stream().filter(DenseRows::isRight).count();
    assertEquals(400, right);
  }

  @Test
  void aLayerWithOtherNominalInputsIsRefused() {
    final DenseStage stage = open(DenseRows.config());
    final JobConfig other = DenseRows.config("schema.nominal", "c");
    final String sentence =
        assertThrows(IllegalStateException.class, () -> copy(other, stage)).getMessage();
    assertTrue(sentence.contains("schema.nominal"), sentence);
  }

  @Test
  void aLayerOfAnotherConfigurationIsRefused() {
    final DenseStage stage = open(DenseRows.config());
    final JobConfig other = DenseRows.config("dense.layer", "expert=mlp(17)*3");
    final String sentence =
        assertThrows(IllegalStateException.class, () -> copy(other, stage)).getMessage();
    assertTrue(sentence.contains("mlp(16)*3") && sentence.contains("mlp(17)*3"), sentence);
  }
}
