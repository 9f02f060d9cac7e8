package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link Expert} promises of classes, asked of every kind in the registry that predicts them.
 */
class ExpertContractTest extends ExpertContract {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("colour", "red", "blue")),
          List.of("no", "yes"));

  ExpertContractTest() {
    super(SCHEMA);
  }

  @Override
  List<String> experts() {
    final List<String> names = new ArrayList<>();
    Experts.REGISTRY.entries().stream()
        .filter(kind -> kind.predicts(SCHEMA.target()))
        .forEach(kind -> names.add(kind.name()));
    names.add(
        "hoeffding-tree(grace-period=50,tie-threshold=0.1,leaf-prediction=naive-bayes,"
            + "max-bytes=100000,binary-splits=true,pre-pruning=false)");
    names.add("adaptive-tree(subspace=leaf)");
    names.add("adaptive-tree(subspace=tree)");
    Detectors.REGISTRY
        .names()
        .forEach(name -> names.add("adaptive-tree(warning=" + name + ",detector=" + name + ")"));
    names.add("naive-bayes(100)");
    names.add("moa(meta.AdaptiveRandomForest -s 3)");
    return names;
  }

  /** A dense layer makes small objects for each batch, the one of a prediction too. */
  @Override
  List<String> withoutObjects() {
    return ownExperts().stream().filter(name -> !name.startsWith("dense-moe")).toList();
  }

  @ParameterizedTest
  @MethodSource("experts")
  void isUniformBeforeItHasLearned(final String name) {
    final double[] p = new double[2];
    Experts.open(name, SCHEMA, 1).predict(new double[] {1, 2, 0}, p);
    assertArrayEquals(new double[] {0.5, 0.5}, p, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void growsByFeaturesValuesAndClasses(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 300);
    final Schema larger =
        SCHEMA
            .withFeature(Feature.numeric("late"))
            .withFeature(Feature.nominal("size", "s"))
            .withValue(2, "green")
            .withClass("maybe");
    expert.grow(larger);
    final SplittableRandom random = new SplittableRandom(5);
    final double[] p = new double[3];
    for (int t = 0; t < 600; t++) {
      final boolean third = random.nextInt(3) == 0;
      final double[] e = event(random);
      final double[] x = {e[0], e[1], third ? 2 : e[2], third ? 5 : random.nextDouble(), 0};
      expert.predict(x, p);
      assertDistribution(p);
      expert.learn(x, third ? 2 : label(e), 1);
    }
    final Expert restored = copy(expert, larger);
    final double[] q = new double[3];
    final double[] x = {0.5, 0.5, 2, 5, 0};
    restored.predict(x, q);
    expert.predict(x, p);
    assertArrayEquals(p, q);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void startsWithoutAnyClassOrFeature(final String name) {
    final Schema empty = new Schema(List.of(), List.of());
    final Expert expert = Experts.open(name, empty, 1);
    expert.predict(new double[0], new double[0]);
    expert.grow(SCHEMA);
    learn(expert, 1, 100);
    final double[] p = new double[2];
    expert.predict(new double[] {1, 0, 1}, p);
    assertDistribution(p);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void staysADistributionWhateverComes(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final double[] hostile = {
      Double.NaN, 1e12, -1e12, 1e-9, 0, -0.0, 1e300, -1e300, Double.MIN_VALUE, 42
    };
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[2];
    for (int t = 0; t < 3000; t++) {
      final double[] x = {
        hostile[random.nextInt(hostile.length)],
        hostile[random.nextInt(hostile.length)],
        random.nextInt(3) == 0 ? Double.NaN : random.nextInt(2)
      };
      expert.predict(x, p);
      assertDistribution(p);
      expert.learn(x, t < 500 ? 0 : random.nextInt(2), 1 + random.nextInt(3));
    }
  }

  @Override
  List<String> weighing() {
    return experts().stream().filter(name -> !name.startsWith("external")).toList();
  }

  List<String> ofClassesAlone() {
    final Schema quantity = Schema.ofQuantity(SCHEMA.features());
    return experts().stream()
        .filter(name -> !Experts.REGISTRY.find(Term.parse(name).name()).predicts(quantity.target()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("ofClassesAlone")
  void whatPredictsClassesAloneIsRefusedWhereTheTargetIsANumber(final String name) {
    final Schema quantity = Schema.ofQuantity(SCHEMA.features());
    final String message =
        assertThrows(IllegalArgumentException.class, () -> Experts.open(name, quantity, 1))
            .getMessage();
    assertTrue(message.contains("cannot predict a number"), message);
  }

  /** The checksum is right: what wrote the image was wrong. */
  @ParameterizedTest
  @MethodSource("ownExperts")
  void numbersThatNoExpertHasAreRefusedOrHarmless(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 1, 200);
    final List<byte[]> good = chunks(expert);
    int refused = 0;
    for (int chunk = 0; chunk < good.size(); chunk++) {
      final int length = good.get(chunk).length - ImageWriter.CHECKSUM_BYTES;
      for (int at = 0; at + 8 <= length; at += 1 + length / 100) {
        final byte[] content = Arrays.copyOf(good.get(chunk), length);
        Arrays.fill(content, at, at + 8, (byte) -1);
        final List<byte[]> chunks = new ArrayList<>(good);
        chunks.set(chunk, new ImageWriter().putRaw(content).toByteArray());
        final Expert read;
        try {
          read = read(expert.kind(), SCHEMA, chunks);
        } catch (final MalformedImageException said) {
          refused++;
          continue;
        }
        learn(read, 2, 5);
        final double[] p = new double[2];
        read.predict(new double[] {0.5, 0.5, 1}, p);
        assertEquals(1, p[0] + p[1], 1e-9, () -> Arrays.toString(p));
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void namesAnUnknownExpert() {
    final String message =
        assertThrows(IllegalArgumentException.class, () -> Experts.open("oak", SCHEMA, 1))
            .getMessage();
    assertTrue(message.contains("'oak'") && message.contains("naive-bayes"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grace-period=many", "split-confidence=2", "x=1", "leaf-prediction=oak"})
  void namesTheTreeOptionThatIsWrong(final String option) {
    final String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Experts.open("hoeffding-tree(" + option + ")", SCHEMA, 1))
            .getMessage();
    assertTrue(message.contains("'" + option.split("=")[0] + "'"), message);
  }

  @Override
  double target(final double[] x) {
    return label(x);
  }

  private static int label(final double[] x) {
    return x[0] + 0.5 * x[2] > x[1] ? 1 : 0;
  }

  private static void assertDistribution(final double[] p) {
    double sum = 0;
    for (final double value : p) {
      assertTrue(value >= 0 && value <= 1, () -> Arrays.toString(p));
      sum += value;
    }
    assertEquals(1, sum, 1e-9);
  }
}
