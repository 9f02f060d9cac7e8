package dev.braid.router.tame;

import dev.braid.experts.CounterRandom;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * A uniform sample of the events that experts learned, and who learned each (Vitter, "Random
 * sampling with a reservoir", 1985, algorithm R). Values are kept as floats.
 */
final class Reservoir {
  /** Rows that are saved together; most events change none. */
  static final int CHUNK = 32;

  private final float[][] x;
  private final int[] expert;
  private final boolean[] dirty;
  private final long seed;
  private int features;
  private int count;
  private long offered;

  Reservoir(final int capacity, final int features, final long seed) {
    x = new float[capacity][];
    expert = new int[capacity];
    dirty = new boolean[(capacity + CHUNK - 1) / CHUNK];
    // Empty chunks too are chunks that a first save has to write.
    Arrays.fill(dirty, true);
    this.features = features;
    this.seed = seed;
  }

  int count() {
    return count;
  }

  /** Number of the expert that learned a row. */
  int expert(final int row) {
    return expert[row];
  }

  /** Copies a row's features out. */
  void copy(final int row, final double[] out) {
    for (int f = 0; f < features; f++) {
      out[f] = x[row][f];
    }
  }

  /** Offers an event; it takes the place of another with the probability that keeps all equal. */
  void offer(final double[] event, final int itsExpert) {
    offered++;
    final int row =
        count < x.length ? count++ : (int) (CounterRandom.unit(seed, offered) * offered);
    if (row >= x.length) {
      return;
    }
    if (x[row] == null) {
      x[row] = new float[features];
    }
    for (int f = 0; f < features; f++) {
      x[row][f] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, event[f]));
    }
    expert[row] = itsExpert;
    dirty[row / CHUNK] = true;
  }

  /** Events of one expert count as those of another from now on. */
  void relabel(final int from, final int to) {
    for (int r = 0; r < count; r++) {
      if (expert[r] == from) {
        expert[r] = to;
        dirty[r / CHUNK] = true;
      }
    }
  }

  /** Drops the events of an expert that is gone. */
  void drop(final int gone) {
    for (int r = count - 1; r >= 0; r--) {
      if (expert[r] == gone) {
        count--;
        final float[] row = x[r];
        x[r] = x[count];
        expert[r] = expert[count];
        x[count] = row;
        dirty[r / CHUNK] = true;
        dirty[count / CHUNK] = true;
      }
    }
  }

  void grow(final int more) {
    for (int r = 0; r < x.length && x[r] != null; r++) {
      x[r] = Arrays.copyOf(x[r], more);
      Arrays.fill(x[r], features, more, Float.NaN);
    }
    features = more;
    Arrays.fill(dirty, true);
  }

  long sizeBytes() {
    return count * (4L * features + 16) + 9L * x.length + 64;
  }

  int chunks() {
    return dirty.length;
  }

  boolean isDirty(final int chunk) {
    return dirty[chunk];
  }

  void markClean() {
    Arrays.fill(dirty, false);
  }

  /** Events offered and kept; changes with every event. */
  void writeCounts(final ImageWriter out) {
    out.putLong(offered).putInt(count);
  }

  void readCounts(final ImageReader in) {
    offered = in.getLong();
    count = in.getIntIn(0, x.length, "rows of the reservoir");
    if (offered < count) {
      throw new MalformedImageException("a reservoir of " + count + " rows after " + offered);
    }
  }

  /** Per row of the chunk that is in use: its expert, its features. */
  void writeChunk(final int chunk, final ImageWriter out) {
    for (int r = chunk * CHUNK; r < Math.min(count, (chunk + 1) * CHUNK); r++) {
      out.putInt(expert[r]).putFloats(x[r], features);
    }
  }

  /** After {@link #readCounts}. */
  void readChunk(final int chunk, final ImageReader in) {
    for (int r = chunk * CHUNK; r < Math.min(count, (chunk + 1) * CHUNK); r++) {
      expert[r] = in.getInt();
      x[r] = in.getFloats();
      if (x[r].length != features) {
        throw new MalformedImageException("a row of the reservoir has another width");
      }
    }
  }
}
