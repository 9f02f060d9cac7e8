package dev.braid.experts.basic;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * The last events in columns of floats, with each column's mean and variance over the window kept
 * up to date. Nominal features of two values behind all others are bits, as one-hot coding gives
 * them by the dozen. Room for events is made as they come: most models of a keyed stream are small.
 */
final class KnnWindow {
  /** Beyond this a square would overflow a float. */
  private static final double LARGEST = 1e15;

  /** Squared deviations by which one numeric feature can count at most. */
  private static final float FARTHEST = 100;

  private static final int FIRST_ROOM = 16;

  /**
   * Columns that are worth being bits; of so many others the search does more than look at bits.
   */
  private static final int FEWEST_PAIRS = 8;

  private static final int MOST_OTHERS = NearestRows.WIDE - 1;

  private int capacity;
  private boolean[] nominal;
  private float[][] column;
  // The columns behind those of floats, or null.
  private PairColumns pairs;
  // A number is stored relative to the first one met, so that 1e12 + 1 and 1e12 + 2 differ.
  private double[] origin;
  private double[] sum;
  private double[] squares;
  private double[] target;
  private float[] weight;
  // No value of a column is lower or higher; follows from what was met since the last turn.
  private float[] low;
  private float[] high;
  private int size;
  private int next;

  KnnWindow(final Schema schema, final int capacity) {
    this.capacity = capacity;
    final int features = schema.featureCount();
    nominal = nominal(schema);
    final int room = Math.min(FIRST_ROOM, capacity);
    final int others = others(schema);
    column = new float[others][room];
    pairs = others < features ? new PairColumns(features - others, room) : null;
    origin = new double[features];
    Arrays.fill(origin, Double.NaN);
    sum = new double[features];
    squares = new double[features];
    target = new double[room];
    weight = new float[room];
    low = new float[features];
    high = new float[features];
  }

  /**
   * Makes room for so many events in all; until the window is full they lie from slot 0 on. How
   * much follows from their number alone, so that a window that was read has as much.
   */
  private void reserve(final int events) {
    if (events <= target.length) {
      return;
    }
    int room = target.length;
    while (room < events) {
      room = Math.min(capacity, 2 * room);
    }
    for (int f = 0; f < column.length; f++) {
      column[f] = Arrays.copyOf(column[f], room);
    }
    if (pairs != null) {
      pairs.resize(room);
    }
    target = Arrays.copyOf(target, room);
    weight = Arrays.copyOf(weight, room);
  }

  /** Features in front of those that are bits. */
  private static int others(final Schema schema) {
    final int features = schema.featureCount();
    int first = features;
    while (first > Math.max(0, features - PairColumns.MOST)
        && isPair(schema.features().get(first - 1))) {
      first--;
    }
    return features - first >= FEWEST_PAIRS && first <= MOST_OTHERS ? first : features;
  }

  private static boolean isPair(final Feature feature) {
    return feature.isNominal() && feature.values().size() <= 2;
  }

  /** Has columns of floats alone from here on: a value has come that is none of a pair. */
  private void unpack() {
    final int others = column.length;
    column = Arrays.copyOf(column, nominal.length);
    for (int f = others; f < column.length; f++) {
      column[f] = new float[target.length];
      for (int i = 0; i < target.length; i++) {
        column[f][i] = pairs.get(i, f - others);
      }
      reachAgain(f);
    }
    pairs = null;
  }

  /** Whether bits can hold the values of an event. */
  private boolean takes(final double[] x) {
    for (int f = column.length; f < x.length; f++) {
      if (!Double.isNaN(x[f]) && x[f] != 0 && x[f] != 1) {
        return false;
      }
    }
    return true;
  }

  private static boolean[] nominal(final Schema schema) {
    final boolean[] nominal = new boolean[schema.featureCount()];
    for (int f = 0; f < nominal.length; f++) {
      nominal[f] = schema.features().get(f).isNominal();
    }
    return nominal;
  }

  int size() {
    return size;
  }

  double target(final int slot) {
    return target[slot];
  }

  /** How often the event in a slot counts. */
  float weight(final int slot) {
    return weight[slot];
  }

  /** Values that a search of a full window looks at, and their distances. */
  long cells() {
    return (nominal.length + 1L) * capacity;
  }

  /** Slots there is room for. */
  int room() {
    return target.length;
  }

  /** Columns of floats. */
  int columns() {
    return column.length;
  }

  /** Tells which columns count for an event, and how. */
  void look(final double[] x, final NearestRows search) {
    if (pairs != null && !takes(x)) {
      unpack();
    }
    search.begin(column.length);
    if (pairs != null) {
      long ones = 0;
      long known = 0;
      for (int c = 0; c < pairs.columns; c++) {
        final double value = x[column.length + c];
        ones |= value == 1 ? 1L << c : 0;
        known |= Double.isNaN(value) ? 0 : 1L << c;
      }
      search.count(pairs, ones, known);
    }
    for (int f = 0; f < column.length; f++) {
      if (Double.isNaN(x[f])) {
        continue;
      }
      if (nominal[f]) {
        // Values are whole numbers: two that differ do so by 1 or more.
        search.count(column[f], (float) x[f], 1, 1, low[f], high[f]);
      } else {
        final double variance = variance(f);
        if (variance > 0) {
          search.count(
              column[f],
              relative(f, x[f]),
              (float) (1 / Math.sqrt(variance)),
              FARTHEST,
              low[f],
              high[f]);
        }
      }
    }
  }

  private double variance(final int f) {
    final double mean = sum[f] / Math.max(1, size);
    final double variance = squares[f] / Math.max(1, size) - mean * mean;
    // What rounding leaves of the squares of a constant feature is no variance.
    return variance > 1e-12 * mean * mean && variance > 1e-30 ? variance : 0;
  }

  private float relative(final int f, final double value) {
    return (float) Math.max(-LARGEST, Math.min(LARGEST, value - origin[f]));
  }

  void add(final double[] x, final double newTarget, final float newWeight) {
    final boolean full = size == capacity;
    reserve(Math.min(capacity, size + 1));
    if (pairs != null && !takes(x)) {
      unpack();
    }
    for (int f = column.length; f < nominal.length; f++) {
      pairs.set(next, f - column.length, Double.isNaN(x[f]) ? -1 : (float) x[f]);
    }
    for (int f = 0; f < column.length; f++) {
      final float[] values = column[f];
      if (nominal[f]) {
        values[next] = Double.isNaN(x[f]) ? -1 : (float) x[f];
        reach(f, values[next]);
        continue;
      }
      if (full) {
        sum[f] -= values[next];
        squares[f] -= (double) values[next] * values[next];
      }
      final float value = stored(f, x[f], full ? size - 1 : size);
      values[next] = value;
      reach(f, value);
      sum[f] += value;
      squares[f] += (double) value * value;
    }
    target[next] = newTarget;
    weight[next] = newWeight;
    size = Math.min(capacity, size + 1);
    next++;
    if (next == capacity) {
      next = 0;
      sumAgain();
    }
  }

  private void reach(final int f, final float value) {
    low[f] = Math.min(low[f], value);
    high[f] = Math.max(high[f], value);
  }

  /** How far the values of the window reach; 0 is within, since that is what free slots hold. */
  private void reachAgain(final int f) {
    low[f] = 0;
    high[f] = 0;
    for (int i = 0; i < size; i++) {
      reach(f, column[f][i]);
    }
  }

  private float stored(final int f, final double value, final int others) {
    if (Double.isNaN(value)) {
      return others == 0 ? 0 : (float) (sum[f] / others);
    }
    if (Double.isNaN(origin[f])) {
      origin[f] = Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
    }
    return relative(f, value);
  }

  /** Once per turn of the window, so that rounding errors of large values do not stay. */
  private void sumAgain() {
    for (int f = 0; f < column.length; f++) {
      double total = 0;
      double totalSquares = 0;
      for (int i = 0; i < size && !nominal[f]; i++) {
        total += column[f][i];
        totalSquares += (double) column[f][i] * column[f][i];
      }
      sum[f] = total;
      squares[f] = totalSquares;
      reachAgain(f);
    }
  }

  private float get(final int slot, final int f) {
    return f < column.length ? column[f][slot] : pairs.get(slot, f - column.length);
  }

  private void put(final int slot, final int f, final float value) {
    if (f >= column.length && !PairColumns.takes(value)) {
      unpack();
    }
    if (f < column.length) {
      column[f][slot] = value;
    } else {
      pairs.set(slot, f - column.length, value);
    }
  }

  /** Takes new features, which count as missing in the window, and drops the oldest events. */
  void grow(final Schema schema, final int newCapacity) {
    final KnnWindow grown = new KnnWindow(schema, newCapacity);
    System.arraycopy(origin, 0, grown.origin, 0, origin.length);
    final int kept = Math.min(size, newCapacity);
    grown.reserve(kept);
    for (int i = 0; i < kept; i++) {
      final int from = Math.floorMod(next - kept + i, capacity);
      for (int f = 0; f < grown.nominal.length; f++) {
        grown.put(i, f, f < nominal.length ? get(from, f) : grown.nominal[f] ? -1 : 0);
      }
      grown.target[i] = target[from];
      grown.weight[i] = weight[from];
    }
    capacity = newCapacity;
    nominal = grown.nominal;
    column = grown.column;
    pairs = grown.pairs;
    origin = grown.origin;
    sum = grown.sum;
    squares = grown.squares;
    target = grown.target;
    weight = grown.weight;
    low = grown.low;
    high = grown.high;
    size = kept;
    next = kept % newCapacity;
    sumAgain();
  }

  long sizeBytes() {
    return 128
        + 49L * nominal.length
        + column.length * 4L * target.length
        + (pairs == null ? 0 : pairs.sizeBytes())
        + 12L * target.length;
  }

  void write(final ImageWriter out) {
    out.putInt(size).putInt(next);
    Column.write(target, size, out);
    Column.write(weight, size, out);
    out.putInt(nominal.length);
    out.putDoubles(origin, origin.length)
        .putDoubles(sum, sum.length)
        .putDoubles(squares, squares.length);
    for (final float[] values : column) {
      Column.write(values, size, out);
    }
    final float[] values = new float[size];
    for (int f = column.length; f < nominal.length; f++) {
      for (int i = 0; i < size; i++) {
        values[i] = get(i, f);
      }
      Column.write(values, size, out);
    }
  }

  /** Reads what {@link #write} wrote into an empty window of the same schema and capacity. */
  void read(final Target of, final ImageReader in) {
    size = in.getIntIn(0, capacity, "events in the window");
    reserve(size);
    next = in.getIntIn(0, capacity - 1, "next slot");
    if (size < capacity && next != size) {
      throw new MalformedImageException(
          "the window has " + size + " events, and goes on at " + next);
    }
    Column.read(target, size, in);
    for (int i = 0; i < size; i++) {
      try {
        of.check(target[i]);
      } catch (final IllegalArgumentException none) {
        throw new MalformedImageException("the window holds an event whose " + none.getMessage());
      }
    }
    Column.read(weight, size, in);
    for (int i = 0; i < size; i++) {
      if (!(weight[i] >= 0)) {
        throw new MalformedImageException("the window holds an event that counts " + weight[i]);
      }
    }
    final int features = nominal.length;
    in.getIntIn(features, features, "number of features");
    origin = doubles(in, features);
    sum = doubles(in, features);
    squares = doubles(in, features);
    final double most = 2 * LARGEST * capacity;
    ImageReader.requireIn(sum, -most, most, "sum of a feature");
    ImageReader.requireIn(squares, -most * LARGEST, most * LARGEST, "sum of squares");
    for (int f = 0; f < features; f++) {
      final float[] values = f < column.length ? column[f] : new float[size];
      Column.read(values, size, in);
      for (int i = 0; i < size; i++) {
        if (nominal[f] ? Float.isNaN(values[i]) : !(Math.abs(values[i]) <= LARGEST)) {
          throw new MalformedImageException("the window holds the value " + values[i]);
        }
        put(i, f, values[i]);
      }
      if (f < column.length) {
        reachAgain(f);
      }
    }
  }

  private static double[] doubles(final ImageReader in, final int features) {
    final double[] values = new double[features];
    in.getDoubles(values, 0, features);
    return values;
  }
}
