package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Experts;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an option of a registered expert says is in its image, and so holds for what the expert
 * grows after it was read.
 */
class ExpertOptionsTest {
  private static final Schema CLASSES =
      new Schema(
          List.of(
              Feature.numeric("a"),
              Feature.numeric("b"),
              Feature.nominal("colour", "red", "blue", "green")),
          List.of("no", "yes"));
  private static final Schema NUMBERS = Schema.ofQuantity(CLASSES.features());
  private static final Pattern WORD = Pattern.compile("[a-z][a-z-]+");
  private static final int VALUES = 2;

  /** Each kind with one of its options as it is not by default. */
  static List<String> experts() {
    final List<String> names = new ArrayList<>();
    for (final ExpertKind kind : Experts.REGISTRY.entries()) {
      if (!kind.name().equals("moa")) {
        kind.options().forEach(option -> names.addAll(otherThanByDefault(kind, option)));
      }
    }
    return names;
  }

  private static List<String> otherThanByDefault(final ExpertKind kind, final Option option) {
    return candidates(option).stream()
        .filter(value -> !value.equals(option.defaultValue()))
        .distinct()
        .map(value -> kind.name() + "(" + option.name() + "=" + value + ")")
        .filter(name -> opens(name, schema(kind)))
        .limit(VALUES)
        .toList();
  }

  /** Values that the option may have, among others: those that are refused are not used. */
  private static List<String> candidates(final Option option) {
    final String usual = option.defaultValue();
    final List<String> values = new ArrayList<>(List.of("true", "false", "ddm"));
    if (usual.matches("-?[0-9.e-]+")) {
      values.add(Double.toString(Double.parseDouble(usual) / 2));
      values.add(Long.toString(Math.round(Double.parseDouble(usual) / 2)));
      values.add(Long.toString(Math.round(Double.parseDouble(usual)) + 1));
    }
    WORD.matcher(option.description()).results().map(MatchResult::group).forEach(values::add);
    return values;
  }

  private static Schema schema(final ExpertKind kind) {
    return kind.predicts(CLASSES.target()) ? CLASSES : NUMBERS;
  }

  private static boolean opens(final String name, final Schema schema) {
    try {
      Experts.open(name, schema, 1);
      return true;
    } catch (final IllegalArgumentException refused) {
      return false;
    }
  }

  @Test
  void everySortOfOptionIsAmongThem() {
    for (final String name :
        List.of(
            "adaptive-tree(leaf-prediction=majority-class)",
            "adaptive-tree(binary-splits=true)",
            "adaptive-tree(detector=ddm)",
            "boosted-trees(depth=6)",
            "dense-moe(learning-rate=0.0025)",
            "mean(memory=500)")) {
      assertTrue(experts().contains(name), () -> name + " is not in " + experts());
    }
  }

  @ParameterizedTest
  @MethodSource("experts")
  void goesOnBitForBitWithWhatItsOptionsSay(final String name) {
    final ExpertKind kind = Experts.REGISTRY.find(name.substring(0, name.indexOf('(')));
    final Schema schema = schema(kind);
    final Expert original = Experts.open(name, schema, 1);
    final SplittableRandom random = new SplittableRandom(2);
    for (int t = 0; t < 200; t++) {
      final double[] x = event(random);
      original.learn(x, target(schema, x, false), 1);
    }
    final Expert restored = ExpertContract.copy(original, schema);
    final double[] p = new double[schema.target().width()];
    final double[] q = new double[p.length];
    for (int t = 0; t < 800; t++) {
      // The opposite of what it knows: who watches for drift begins anew.
      final double[] x = event(random);
      original.predict(x, p);
      restored.predict(x, q);
      assertArrayEquals(p, q);
      original.learn(x, target(schema, x, true), 1);
      restored.learn(x, target(schema, x, true), 1);
    }
    final List<byte[]> one = ExpertContract.chunks(original);
    final List<byte[]> other = ExpertContract.chunks(restored);
    for (int c = 0; c < one.size(); c++) {
      assertArrayEquals(one.get(c), other.get(c));
    }
  }

  private static double[] event(final SplittableRandom random) {
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(3)};
  }

  private static double target(final Schema schema, final double[] x, final boolean opposite) {
    final double sum = x[0] + 0.3 * x[2] - x[1];
    if (schema.target() instanceof Target.Quantity) {
      return opposite ? -10 * sum : 10 * sum;
    }
    return sum > 0 == opposite ? 0 : 1;
  }
}
