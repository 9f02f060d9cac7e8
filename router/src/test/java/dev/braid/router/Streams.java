package dev.braid.router;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.SplittableRandom;

/** A small stream that can be learned: two numbers, noise, a nominal value; some are missing. */
final class Streams {
  static final Schema SCHEMA =
      new Schema(
          List.of(
              Feature.numeric("a"),
              Feature.numeric("b"),
              Feature.numeric("noise"),
              Feature.nominal("colour", "red", "green", "blue")),
          List.of("low", "middle", "high"));

  private final SplittableRandom random;
  double[] x;
  int label;

  /** From 0 to about 13, of the same features as the label. */
  double number;

  Streams(final long seed) {
    random = new SplittableRandom(seed);
  }

  void next() {
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    final int colour = random.nextInt(3);
    final double level = a + b + 0.3 * colour;
    number = 5 * level;
    label = level < 1 ? 0 : level < 1.6 ? 1 : 2;
    x = new double[] {a, b, random.nextDouble(), colour};
    if (random.nextInt(20) == 0) {
      x[random.nextInt(4)] = Double.NaN;
    }
  }
}
