package dev.braid.evaluation;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * How often each class was taken for each. Bounded: the first classes have a row and a column each,
 * all others share one. Events for which nothing was predicted are left out.
 */
public final class ConfusionMatrix {
  /** Classes with a row of their own. */
  public static final int MOST = 20;

  private int size;
  private long[] counts = new long[0];

  /**
   * Counts one event.
   *
   * @param prediction index of the predicted class, or -1 where none could be predicted
   * @param label index of the true class
   */
  public void add(final int prediction, final int label) {
    if (prediction < 0) {
      return;
    }
    final int row = Math.min(label, MOST);
    final int column = Math.min(prediction, MOST);
    widen(Math.max(row, column) + 1);
    counts[row * size + column]++;
  }

  private void widen(final int wanted) {
    if (wanted <= size) {
      return;
    }
    final long[] wider = new long[wanted * wanted];
    for (int row = 0; row < size; row++) {
      System.arraycopy(counts, row * size, wider, row * wanted, size);
    }
    counts = wider;
    size = wanted;
  }

  /** Rows and columns for some classes, whether or not all of them were met. */
  public List<Long> counts(final int classes) {
    widen(Math.min(classes, MOST + 1));
    final List<Long> all = new ArrayList<>(counts.length);
    for (final long count : counts) {
      all.add(count);
    }
    return all;
  }

  /** Cohen's kappa, the classes that share a row counted as one; NaN where nothing was counted. */
  public double kappa() {
    double events = 0;
    double agreed = 0;
    double chance = 0;
    for (int c = 0; c < size; c++) {
      double labels = 0;
      double predictions = 0;
      for (int other = 0; other < size; other++) {
        labels += counts[c * size + other];
        predictions += counts[other * size + c];
      }
      events += labels;
      agreed += counts[c * size + c];
      chance += labels * predictions;
    }
    if (events == 0) {
      return Double.NaN;
    }
    chance /= events * events;
    return chance >= 1 ? 0 : (agreed / events - chance) / (1 - chance);
  }

  /** Heap bytes, roughly. */
  public long sizeBytes() {
    return 40 + 8L * counts.length;
  }

  /** Writes everything as part of another image: the counts, row by row. */
  public void write(final ImageWriter out) {
    out.putLongs(counts, counts.length);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are no such counts
   */
  public static ConfusionMatrix read(final ImageReader in) {
    final ConfusionMatrix matrix = new ConfusionMatrix();
    matrix.counts = in.getLongs();
    matrix.size = (int) Math.round(Math.sqrt(matrix.counts.length));
    if (matrix.size * matrix.size != matrix.counts.length || matrix.size > MOST + 1) {
      throw new MalformedImageException(
          "a confusion matrix of " + matrix.counts.length + " counts");
    }
    for (final long count : matrix.counts) {
      if (count < 0) {
        throw new MalformedImageException("a confusion matrix counts " + count + " events");
      }
    }
    return matrix;
  }
}
