package dev.braid.experts.moe.state;

import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Step;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/** The newest rows that a layer has learned from. */
public final class RecentWindow implements RecentRows {
  private final int inputs;
  private final int classes;
  private final int capacity;
  private final float[] x;
  private final int[] labels;
  private long added;

  /**
   * @param capacity rows to remember, 0 or more
   * @param classes of the rows; 0 where they have none, as below another layer
   */
  public RecentWindow(final int capacity, final int inputs, final int classes) {
    this.capacity = capacity;
    this.inputs = inputs;
    this.classes = classes;
    x = new float[Math.multiplyExact(capacity, inputs)];
    labels = new int[capacity];
  }

  /** Takes in a step's labelled rows. */
  public void took(final Step step) {
    for (int r = 0; capacity > 0 && r < step.labelled(); r++) {
      final int place = (int) (added % capacity);
      System.arraycopy(step.x(), r * inputs, x, place * inputs, inputs);
      labels[place] = classes > 0 ? step.labels()[r] : 0;
      added++;
    }
  }

  @Override
  public int rows() {
    return (int) Math.min(added, capacity);
  }

  @Override
  public int place(final int i) {
    return (int) ((added - 1 - i) % capacity);
  }

  @Override
  public float[] x() {
    return x;
  }

  @Override
  public int[] labels() {
    if (classes == 0) {
      throw new IllegalStateException("rows below another layer have no classes");
    }
    return labels;
  }

  RecentWindow grown(final int moreInputs, final int moreClasses) {
    final RecentWindow grown = new RecentWindow(capacity, moreInputs, moreClasses);
    for (int place = 0; place < rows(); place++) {
      System.arraycopy(x, place * inputs, grown.x, place * moreInputs, inputs);
      grown.labels[place] = labels[place];
    }
    grown.added = added;
    return grown;
  }

  long bytes() {
    return 4L * (x.length + labels.length);
  }

  /** Layout: rows ever added, then those remembered and their classes. */
  void write(final ImageWriter out) {
    out.putLong(added).putFloats(x, rows() * inputs).putInts(labels, rows());
  }

  void read(final ImageReader in) {
    added = in.getLong();
    final float[] savedX = in.getFloats();
    final int[] savedLabels = in.getInts();
    if (added < 0 || savedLabels.length != rows() || savedX.length != rows() * inputs) {
      throw new MalformedImageException("a window of " + savedLabels.length + " rows");
    }
    for (final int label : savedLabels) {
      if (label < 0 || label >= Math.max(1, classes)) {
        throw new MalformedImageException("a row that is remembered has class " + label);
      }
    }
    System.arraycopy(savedX, 0, x, 0, savedX.length);
    System.arraycopy(savedLabels, 0, labels, 0, savedLabels.length);
  }
}
