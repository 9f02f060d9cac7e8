package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceShape;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.experts.moe.rest.Forecasts;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.spec.Entry;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for a layer of any parts: every registered one is in one of these. */
class LayerContractTest {
  private static final int ROWS = 24;
  private static final DenseOptions JAVA =
      new DenseOptions(DenseOptions.BackendChoice.JAVA, ROWS).withUnpacked(1);

  static List<String> layers() {
    final List<String> layers = new ArrayList<>();
    Gates.SCORES.names().forEach(name -> layers.add("gate=" + name + "/top-k(2),expert=mlp(6)*5"));
    Gates.ASSIGNS.names().forEach(name -> layers.add("gate=" + name + "+1,expert=mlp(6)*5"));
    Gates.PENALTIES
        .names()
        .forEach(name -> layers.add("gate=sigmoid-top-k(3)/" + name + ",expert=mlp(6)*5"));
    Kinds.ALL.names().forEach(name -> layers.add("gate=top-k(1),expert=" + name + "*5"));
    Kinds.ALL.names().forEach(name -> layers.add("expert=" + name + "*2+mlp(5)*3"));
    for (final String name : Combines.ALL.names()) {
      final boolean shared = Word.make(Combines.ALL, Term.parse(name)).needsShared();
      layers.add("gate=softmax" + (shared ? "+1" : "") + ",combine=" + name + ",expert=mlp(6)*4");
    }
    Lives.ALL.names().forEach(name -> layers.add("life=" + name + ",expert=mlp(6)*4"));
    layers.add("gate=top-k(2)/balance,combine=merge,expert=film(6)*5,life=spawn(2,9)");
    layers.add("gate=top-k(2),life=spawn(2,5)+prune(0.9,7),expert=mlp(6)*3+film(6)*3");
    layers.add("life=spawn(1,4,0.1,0.5,true)+noise+lasso,expert=mlp(6)*3");
    layers.add("gate=top-k(2),life=merge-alike(5,2)+anchor,expert=mlp(6)*4+kan(3)*2");
    layers.add("gate=top-k(2)+1,life=recombine(5,2)+select(0.5,8),expert=mlp(6)*5,rest=int8");
    layers.add("gate=top-k(2),life=split(12),expert=mlp(6)*3+linear*2");
    layers.add("gate=top-k(2),life=split(12,false,0.25,true,true),expert=mlp(6)*3");
    layers.add("gate=top-k(2)/teacher(prior)/balance,life=split(12),expert=mlp(6)*3");
    layers.add("gate=top-k(2)+1,combine=distil(paced),expert=mlp(6)*4");
    layers.add("gate=softmax+3,expert=mixed(6)");
    layers.add("expert=mixed(6,3,true)*3");
    layers.add(
        "gate=sigmoid-top-k/balance,life=spawn(1,9),expert=window(9)*4,rest=int8,rest-after=2");
    Gates.ASSIGNS
        .names()
        .forEach(name -> layers.add("gate=" + name + "+1,life=spawn(2,9),expert=linear*5"));
    Codecs.ALL
        .names()
        .forEach(
            name -> layers.add("gate=top-k(1),expert=mlp(6)*5,rest=" + name + ",rest-after=3"));
    layers.add("gate=top-k(2)/balance,expert=mlp(6)*4,depth=2");
    layers.add("expert=window*2,depth=3(gate=top-k(1),expert=mlp(4)*3;expert=film(6)*2+linear)");
    return layers;
  }

  private static DenseMoeSpec spec(final String layer) {
    return new DenseMoeSpec(5, 3, LayerSpec.parse(layer), 7);
  }

  private static DenseMoe trained(final DenseMoeSpec spec, final int steps) {
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    train(layer, steps, 3);
    return layer;
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

  private static void assertSame(final DenseMoe expected, final DenseMoe actual) {
    assertArrayEquals(images(expected).toArray(), images(actual).toArray());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void itsTextSaysAllOfIt(final String text) {
    final LayerSpec layer = LayerSpec.parse(text);
    assertEquals(layer, LayerSpec.parse(layer.text()));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void itLearns(final String text) {
    final DenseMoe layer = DenseMoe.open(spec(text + ",learning-rate=0.01"), JAVA);
    final DenseBatch batch = new DenseBatch(layer.spec(), ROWS, false);
    final SplittableRandom random = new SplittableRandom(1);
    double first = 0;
    double last = 0;
    // Most need far fewer than 600 steps to fall further than is asked of the slowest then.
    for (int i = 0; i < 600 && (i < 100 || i % 50 != 0 || last >= 0.9 * first); i++) {
      last = i % 50 == 0 ? 0 : last;
      Batches.fill(batch, ROWS, 0, random);
      layer.step(batch);
      first += i < 50 ? Batches.loss(batch) : 0;
      last += Batches.loss(batch);
    }
    assertTrue(last < 0.95 * first, "loss " + first + ", later " + last);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void whatItSaysIsFiniteAndSumsToOneWhateverTheInput(final String text) {
    final DenseMoe layer = trained(spec(text), 20);
    final DenseBatch batch = new DenseBatch(layer.spec(), 5, true);
    final double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -Double.MAX_VALUE, 1e4, 1e-320};
    for (int i = 0; i < 30; i++) {
      batch.clear();
      for (int r = 0; r < 5; r++) {
        final double[] x = new double[5];
        for (int j = 0; j < 5; j++) {
          x[j] = odd[(i + r + j) % 5];
        }
        batch.add(x, r % 4 - 1);
      }
      layer.step(batch);
      for (int r = 0; r < 5; r++) {
        float sum = 0;
        for (int c = 0; c < 3; c++) {
          sum += batch.probabilities()[3 * r + c];
        }
        assertEquals(1, sum, 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void anAnswerLeavesNoTraceAndNeedsNoCompany(final String text) {
    final DenseMoe layer = trained(spec(text), 30);
    final List<byte[]> before = images(layer);
    final DenseBatch together = Batches.random(layer.spec(), ROWS, 1, 4);
    layer.step(together);
    for (int r = 0; r < ROWS; r++) {
      final DenseBatch alone = new DenseBatch(layer.spec(), 1, true);
      alone.add(together, r, -1);
      layer.step(alone);
      assertArrayEquals(
          Arrays.copyOfRange(together.probabilities(), 3 * r, 3 * r + 3), alone.probabilities());
    }
    assertArrayEquals(before.toArray(), images(layer).toArray());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void readBackItGoesOnBitForBit(final String text) {
    final DenseMoe undisturbed = trained(spec(text), 25);
    final DenseMoe restored =
        DenseMoe.read(images(undisturbed).stream().map(ImageReader::new).toList(), JAVA);
    train(undisturbed, 25, 8);
    train(restored, 25, 8);
    assertSame(undisturbed, restored);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void grownItKnowsWhatItKnew(final String text) {
    final DenseMoe layer = trained(spec(text), 25);
    final DenseBatch before = Batches.random(layer.spec(), 8, 1, 3);
    layer.step(before);
    final DenseMoe grown = layer.grow(7, 4);
    final DenseBatch after = new DenseBatch(grown.spec(), 8, false);
    for (int r = 0; r < 8; r++) {
      final float[] wider = new float[7];
      System.arraycopy(before.inputs(), 5 * r, wider, 0, 5);
      after.add(wider, -1);
    }
    grown.step(after);
    for (int r = 0; r < 8; r++) {
      final float[] old = Arrays.copyOfRange(before.probabilities(), 3 * r, 3 * r + 3);
      final float[] now = Arrays.copyOfRange(after.probabilities(), 4 * r, 4 * r + 4);
      final float left = 1 - now[3];
      for (int c = 0; c < 3; c++) {
        assertEquals(old[c], now[c] / left, 2e-4);
      }
    }
    train(grown, 10, 5);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aStepAllocatesNothing(final String text) {
    final DenseMoe layer = trained(spec(text), 30);
    final DenseBatch batch = Batches.random(layer.spec(), ROWS, 4, 6);
    for (int i = 0; i < 200; i++) {
      layer.step(batch);
    }
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      final long before = threads.getCurrentThreadAllocatedBytes();
      layer.step(batch);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes a step");
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aDeviceTakesItOrSaysWhatItCannotCompute(final String text) {
    try {
      assertEquals(5, DeviceShape.of(spec(text)).inputs());
    } catch (final DeviceException refused) {
      assertTrue(refused.getMessage().startsWith("no device computes the "), refused.getMessage());
    }
  }

  static Stream<Registry<? extends Entry>> registries() {
    return Stream.of(
        Gates.SCORES,
        Gates.ASSIGNS,
        Gates.PENALTIES,
        Kinds.ALL,
        Combines.ALL,
        Lives.ALL,
        Codecs.ALL,
        Forecasts.ALL);
  }

  @Test
  void noTwoWordsOfAGateAreTheSame() {
    final List<String> words = new ArrayList<>(Gates.SCORES.names());
    words.addAll(Gates.ASSIGNS.names());
    words.addAll(Gates.PENALTIES.names());
    assertEquals(words.size(), words.stream().distinct().count(), words.toString());
  }

  @ParameterizedTest
  @MethodSource("registries")
  void theReferenceHasEveryWordAndEveryOption(final Registry<? extends Entry> registry) {
    final String page = LayerPage.markdown();
    for (final Entry entry : registry.entries()) {
      assertTrue(page.contains("| `" + entry.name() + "` | " + entry.description()), entry.name());
      entry.options().forEach(o -> assertTrue(page.contains(o.description()), o.name()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gate=best(2) | there is no assignment 'best'",
        "gate=linear | names no assignment",
        "gate=top-k(2)/calm | there is no penalty 'calm'",
        "gate=top-k(2)+1+1 | more than one '+'",
        "gate=top-k(2)+few | a number of shared experts, not 'few'",
        "gate=top-k(2)*2 | has its parts once",
        "gate=top-k(9),expert=mlp*8 | chooses 9 experts of only 8",
        "gate=top-k(0) | a whole number from 1 to 4096",
        "gate=sigmoid-top-k(1) | a whole number from 2 to 4096",
        "expert=cnn | there is no kind of expert 'cnn'",
        "expert=mlp*5000 | 1 to 4096 experts",
        "expert=mlp(8,9) | more values than",
        "combine=max | there is no way to combine 'max'",
        "combine=merge,expert=mlp*2+linear*2 | must be of one kind",
        "combine=merge,gate=top-k(2)+1 | none of them shared",
        "combine=merge,expert=window*4 | remembers no rows",
        "combine=cascade,gate=top-k(2) | add one, as in 'gate=top-k(2)+1'",
        "combine=merge,gate=top-k/conflict | compares the gradients of the experts' outputs",
        "rest=delta(3),gate=top-k | must be 8, 4 or 2, not 3",
        "life=forever | there is no life 'forever'",
        "life=split(9,random=true,together=true) | must be false where units are dealt out by",
        "gate=cosine/top-k,life=split(9,analytic=true) | choose gate=linear/top-k(2)",
        "rest=int3,gate=top-k | there is no form of weights at rest 'int3'",
        "rest=int8 | every row to every expert, so that none can rest",
        "gate=top-k(2),gate=softmax | gives option 'gate' twice",
        "experts=8 | a dense layer has no option 'experts'",
        "softmax,mlp,sum,none,none,100,0.005,1,1 | gives more values than",
        "depth=0 | must be layers from 1 to 16",
        "depth=few | must be layers from 1 to 16",
        "depth=2(expert=mlp | lacks a closing parenthesis",
        "depth=2)( | closes a parenthesis that is not open",
        "depth=1(expert=mlp) | describes 1 layers below the last of 1",
        "depth=4(expert=mlp;expert=linear) | describes 2 layers below the last of 4",
        "depth=2(rest=int8) | a layer below others has no option 'rest'",
        "depth=2,expert=window | can stand in the last layer alone",
        "depth=2(combine=agree) | can stand in the last layer alone",
        "depth=2,life=spawn | changes the experts of one layer: it needs depth=1",
        "depth=2(gate=softmax),gate=top-k,rest=int8 | so that none can rest",
        "learning-rate=2 | a number from",
      })
  void whatMakesNoSenseIsRefusedInOneSentence(final String text, final String reason) {
    final String sentence =
        assertThrows(IllegalArgumentException.class, () -> LayerSpec.parse(text)).getMessage();
    assertTrue(sentence.contains(reason), sentence);
    assertEquals(1, sentence.lines().count());
  }
}
