package dev.braid.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sequences on which detectors are compared. */
final class Sequences {
  private Sequences() {}

  /** Errors, 0 or 1, of one rate. */
  static double[] errors(final long seed, final int length, final double rate) {
    final Random random = new Random(seed);
    final double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextDouble() < rate ? 1 : 0;
    }
    return values;
  }

  /** Errors whose rate jumps to another at random, every 700 values on average. */
  static double[] jumpingErrors(final long seed, final int length) {
    final Random random = new Random(seed);
    final double[] values = new double[length];
    double rate = random.nextDouble();
    for (int i = 0; i < length; i++) {
      if (random.nextInt(700) == 0) {
        rate = random.nextDouble();
      }
      values[i] = random.nextDouble() < rate ? 1 : 0;
    }
    return values;
  }

  /** Losses between 0 and 1 whose mean swings slowly. */
  static double[] swingingLosses(final long seed, final int length) {
    final Random random = new Random(seed);
    final double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      final double power = Math.exp(2 * Math.sin(i / 900.0));
      values[i] = Math.pow(random.nextDouble(), power);
    }
    return values;
  }

  /** Places of the alarms. */
  static List<Integer> alarms(final DriftDetector detector, final double[] values) {
    final List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (detector.add(values[i])) {
        alarms.add(i);
      }
    }
    return alarms;
  }
}
