package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import java.util.SplittableRandom;

/** Events of one model: seven numbers, a text, two classes with a tenth of noise. */
public final class Events {
  static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "g", "colour"};
  static final String[] COLOURS = {"red", "green", "blue"};
  static final String[] CLASSES = {"yes", "no"};

  private Events() {}

  /** The event of a number. */
  public static Event event(final long i) {
    final SplittableRandom random = new SplittableRandom(i);
    final double[] numbers = new double[NAMES.length];
    for (int f = 0; f < NAMES.length - 1; f++) {
      numbers[f] = random.nextDouble();
    }
    numbers[NAMES.length - 1] = Double.NaN;
    final int colour = random.nextInt(COLOURS.length);
    final String[] texts = new String[NAMES.length];
    texts[NAMES.length - 1] = COLOURS[colour];
    final boolean yes = (numbers[0] + numbers[1] * colour > 0.9) != (random.nextInt(10) == 0);
    return new Event(
        Long.toString(i), "", i, NAMES, numbers, texts, CLASSES[yes ? 0 : 1], Origin.of(""));
  }
}
