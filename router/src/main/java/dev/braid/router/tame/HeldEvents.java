package dev.braid.router.tame;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Labelled events that wait until it is known which expert is to learn them. */
final class HeldEvents {
  private final double[][] x;
  private final int[] label;
  private final double[] weight;
  private int features;
  private int count;

  HeldEvents(final int capacity, final int features) {
    x = new double[capacity][];
    label = new int[capacity];
    weight = new double[capacity];
    this.features = features;
  }

  void add(final double[] event, final int itsLabel, final double itsWeight) {
    if (x[count] == null) {
      x[count] = new double[features];
    }
    System.arraycopy(event, 0, x[count], 0, features);
    label[count] = itsLabel;
    weight[count] = itsWeight;
    count++;
  }

  int count() {
    return count;
  }

  double[] x(final int row) {
    return x[row];
  }

  int label(final int row) {
    return label[row];
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
    return x.length * (8L * features + 36L);
  }

  /** Layout: rows, then each row's features, label and weight. */
  void write(final ImageWriter out) {
    out.putInt(count);
    for (int r = 0; r < count; r++) {
      out.putDoubles(x[r], features).putInt(label[r]).putDouble(weight[r]);
    }
  }

  /**
   * @param classes labels are below this
   */
  void read(final ImageReader in, final int classes) {
    count = in.getIntIn(0, x.length - 1, "events held");
    for (int r = 0; r < count; r++) {
      x[r] = in.getDoubles();
      if (x[r].length != features) {
        throw new MalformedImageException("a held event has " + x[r].length + " features");
      }
      label[r] = in.getIntIn(0, classes - 1, "label of a held event");
      weight[r] = in.getDouble();
    }
  }
}
