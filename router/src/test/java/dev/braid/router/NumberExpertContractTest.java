package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Expert} promises of numbers, asked of every kind in the registry that predicts them.
 */
class NumberExpertContractTest extends ExpertContract {
  private static final Schema SCHEMA =
      Schema.ofQuantity(
          List.of(
              Feature.numeric("a"),
              Feature.numeric("b"),
              Feature.nominal("colour", "red", "blue")));

  NumberExpertContractTest() {
    super(SCHEMA);
  }

  @Override
  List<String> experts() {
    final List<String> names = new ArrayList<>();
    Experts.REGISTRY.entries().stream()
        .filter(kind -> kind.predicts(SCHEMA.target()))
        .forEach(kind -> names.add(kind.name()));
    names.add("rls(crossed=true,forgetting=0.9995)");
    names.add("rls(crossed=true,width=3)");
    names.add("mean(memory=Infinity)");
    return names;
  }

  /** Those that see all features. */
  List<String> learning() {
    return experts().stream()
        .filter(name -> !name.matches("(external|last|mean).*|.*width.*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("experts")
  void saysZeroBeforeItHasLearned(final String name) {
    final double[] p = {7};
    Experts.open(name, SCHEMA, 1).predict(new double[] {1, 2, 0}, p);
    assertEquals(0, p[0]);
  }

  @ParameterizedTest
  @MethodSource("learning")
  void learnsWhatANumberDependsOn(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 1, 6000);
    final SplittableRandom random = new SplittableRandom(2);
    final double[] p = new double[1];
    double errors = 0;
    double all = 0;
    for (int t = 0; t < 500; t++) {
      final double[] x = event(random);
      expert.predict(x, p);
      errors += Math.pow(p[0] - target(x), 2);
      all += Math.pow(1030 - target(x), 2);
    }
    assertTrue(errors < 0.2 * all, errors + " of " + all);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void growsByFeaturesAndValues(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    learn(expert, 2, 300);
    final Schema larger =
        SCHEMA
            .withFeature(Feature.numeric("late"))
            .withFeature(Feature.nominal("size", "s"))
            .withValue(2, "green");
    expert.grow(larger);
    final SplittableRandom random = new SplittableRandom(5);
    final double[] p = new double[1];
    for (int t = 0; t < 900; t++) {
      final double[] e = event(random);
      final double[] x = {e[0], e[1], random.nextInt(3), random.nextDouble(), 0};
      expert.predict(x, p);
      assertTrue(Double.isFinite(p[0]));
      expert.learn(x, target(e) + 5 * x[3], 1);
    }
    final Expert restored = copy(expert, larger);
    final double[] q = new double[1];
    final double[] x = {0.5, 0.5, 2, 0.5, 0};
    restored.predict(x, q);
    expert.predict(x, p);
    assertArrayEquals(p, q);
  }

  @ParameterizedTest
  @MethodSource("experts")
  void startsWithoutAnyFeature(final String name) {
    final Expert expert = Experts.open(name, Schema.ofQuantity(List.of()), 1);
    final double[] p = new double[1];
    expert.predict(new double[0], p);
    expert.learn(new double[0], 1000, 1);
    expert.grow(SCHEMA);
    learn(expert, 1, 100);
    expert.predict(new double[] {1, 0, 1}, p);
    assertEquals(1030, p[0], 200);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  void staysInTheTargetsRangeWhateverTheFeatures(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final double[] hostile = {
      Double.NaN, 1e12, -1e12, 1e-9, 0, -0.0, 1e300, -1e300, Double.MIN_VALUE, 42
    };
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    for (int t = 0; t < 3000; t++) {
      final double[] x = {
        hostile[random.nextInt(hostile.length)],
        hostile[random.nextInt(hostile.length)],
        random.nextInt(3) == 0 ? Double.NaN : random.nextInt(2)
      };
      expert.predict(x, p);
      assertTrue(t < 64 ? Double.isFinite(p[0]) : Math.abs(p[0]) <= 6, () -> p[0] + "");
      expert.learn(x, -2 + 4 * random.nextDouble(), 1 + random.nextInt(3));
    }
  }

  /** One target in a thousand is absurd, the first among them. */
  @ParameterizedTest
  @MethodSource("ownExperts")
  void anAbsurdTargetNowAndThenDoesLittle(final String name) {
    final Expert spoiled = Experts.open(name, SCHEMA, 1);
    final Expert clean = Experts.open(name, SCHEMA, 1);
    final double[] absurd = {1e300, -1e300, 1e9, 1e40};
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    double errors = 0;
    double cleanErrors = 0;
    for (int t = 0; t < 6000; t++) {
      final double[] x = event(random);
      if (t >= 1000) {
        spoiled.predict(x, p);
        errors += Math.abs(p[0] - target(x));
        clean.predict(x, p);
        cleanErrors += Math.abs(p[0] - target(x));
      }
      spoiled.learn(x, t % 1000 == 0 ? absurd[t / 1000 % 4] : target(x), 1);
      clean.learn(x, target(x), 1);
    }
    assertTrue(errors < 1.5 * cleanErrors + 5000 * 0.5, errors + " and " + cleanErrors);
  }

  @ParameterizedTest
  @MethodSource("ownExperts")
  void saysTheConstantWhereTheTargetIsOne(final String name) {
    for (final double constant : new double[] {0, -3.5, 1e9, 1e100}) {
      final Expert expert = Experts.open(name, SCHEMA, 1);
      final SplittableRandom random = new SplittableRandom(6);
      for (int t = 0; t < 300; t++) {
        expert.learn(event(random), constant, 1);
      }
      final double[] p = new double[1];
      expert.predict(event(random), p);
      assertEquals(constant, p[0], 1e-6 * Math.abs(constant));
    }
  }

  /** The unit of the target does not matter, nor where its zero lies. */
  @ParameterizedTest
  @MethodSource("learning")
  void aTargetInOtherUnitsIsPredictedAlike(final String name) {
    final Expert expert = Experts.open(name, SCHEMA, 1);
    final Expert scaled = Experts.open(name, SCHEMA, 1);
    final SplittableRandom random = new SplittableRandom(6);
    final double[] p = new double[1];
    double difference = 0;
    for (int t = 0; t < 2000; t++) {
      final double[] x = event(random);
      expert.predict(x, p);
      final double one = p[0];
      scaled.predict(x, p);
      difference += t < 1000 ? 0 : Math.abs((p[0] + 3e6) / 1e6 - one) / 1000;
      expert.learn(x, target(x), 1);
      scaled.learn(x, 1e6 * target(x) - 3e6, 1);
    }
    assertTrue(difference < 2, difference + "");
  }

  @Override
  List<String> withoutObjects() {
    return ownExperts();
  }

  @Override
  List<String> weighing() {
    return experts().stream().filter(name -> !name.matches("(external|last).*")).toList();
  }

  /** From 1000 to 1060. */
  @Override
  double target(final double[] x) {
    return 1000 + 20 * x[0] + 20 * x[1] + (x[2] == 1 ? 20 : 0);
  }
}
