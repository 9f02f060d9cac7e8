package dev.braid.router.tame;

import dev.braid.data.Target;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Labelled events that wait until it is known which expert is to learn them. */
final class HeldEvents {
  private final double[][] x;
  private final double[] target;
  private final double[] weight;
  private int features;
  private int count;

  HeldEvents(final int capacity, final int features) {
    x = new double[capacity][];
    target = new double[capacity];
    weight = new double[capacity];
    this.features = features;
  }

  void add(final double[] event, final double itsTarget, final double itsWeight) {
    if (x[count] == null) {
      x[count] = new double[features];
    }
    System.arraycopy(event, 0, x[count], 0, features);
    target[count] = itsTarget;
    weight[count] = itsWeight;
    count++;
  }

  int count() {
    return count;
  }

  double[] x(final int row) {
    return x[row];
  }

  double target(final int row) {
    return target[row];
  }

  /** How often an event counts. */
  double weight(final int row) {
    return weight[row];
  }

  void clear() {
    count = 0;
  }

  /** Events that are held lack the new features. */
  void grow(final int more) {
    for (int r = 0; r < x.length && x[r] != null; r++) {
      x[r] = Arrays.copyOf(x[r], more);
      Arrays.fill(x[r], features, more, Double.NaN);
    }
    features = more;
  }

  long sizeBytes() {
    return x.length * (8L * features + 40L);
  }

  /** Layout: rows, then each row's features, target and weight. */
  void write(final ImageWriter out) {
    out.putInt(count);
    for (int r = 0; r < count; r++) {
      out.putDoubles(x[r], features).putDouble(target[r]).putDouble(weight[r]);
    }
  }

  /**
   * @param of what the targets are
   */
  void read(final ImageReader in, final Target of) {
    count = in.getIntIn(0, x.length - 1, "events held");
    for (int r = 0; r < count; r++) {
      x[r] = in.getDoubles();
      if (x[r].length != features) {
        throw new MalformedImageException("a held event has " + x[r].length + " features");
      }
      target[r] = in.getDouble();
      check(of, target[r]);
      weight[r] = in.getDouble();
    }
  }

  private static void check(final Target of, final double target) {
    try {
      of.check(target);
    } catch (final IllegalArgumentException e) {
      throw new MalformedImageException("a held event: " + e.getMessage());
    }
  }
}
