package dev.braid.experts.boost;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * The last labelled events in columns, each with the bin of its value and with what the trees of
 * now say of it. Room for events is made as they come.
 */
final class BoostWindow {
  /** Bins of a column, that of missing values among them. */
  static final int BINS = 64;

  /** Edges between the bins of a column of numbers, at most. */
  private static final int EDGES = 30;

  /** Codes of nominal values; the last one stands for a missing value. */
  static final int CODES = 256;

  private static final int MISSING = CODES - 1;

  /** Values that edges are found from. */
  private static final int DRAWN = 512;

  private static final double LARGEST = 1e15;
  private static final int FIRST_ROOM = 32;

  int longest;
  int room;
  int size;
  int next;
  int features;
  int classes;
  boolean[] nominal;
  int[] codes;
  double[] origin;
  float[][] value;
  byte[][] bin;

  /** Of each column of numbers, in rising order, and infinity behind the last. */
  float[][] edges;

  int[] edgeCount;
  float[] target;
  float[] weight;
  float[] score;
  private final float[] drawn = new float[DRAWN];

  BoostWindow(final Schema schema, final int longest) {
    this.longest = longest;
    room = Math.min(longest, FIRST_ROOM);
    features = schema.featureCount();
    classes = schema.target().width();
    value = new float[features][];
    bin = new byte[features][];
    edges = new float[features][];
    edgeCount = new int[features];
    origin = new double[features];
    Arrays.fill(origin, Double.NaN);
    kinds(schema);
    for (int f = 0; f < features; f++) {
      column(f);
    }
    target = new float[room];
    weight = new float[room];
    score = new float[room * classes];
  }

  private void column(final int f) {
    bin[f] = new byte[room];
    if (nominal[f]) {
      Arrays.fill(bin[f], (byte) MISSING);
    } else {
      edges[f] = new float[EDGES + 1];
      Arrays.fill(edges[f], Float.POSITIVE_INFINITY);
      value[f] = new float[room];
      Arrays.fill(value[f], Float.NaN);
    }
  }

  private void kinds(final Schema schema) {
    nominal = new boolean[schema.featureCount()];
    codes = new int[nominal.length];
    for (int f = 0; f < nominal.length; f++) {
      nominal[f] = schema.features().get(f).isNominal();
      codes[f] = nominal[f] ? Math.min(MISSING, schema.features().get(f).values().size()) : 0;
    }
  }

  /** An event as trees look at it; 0 has no sign, as bins and leaves are found by signs. */
  void encode(final double[] x, final float[] row) {
    for (int f = 0; f < features; f++) {
      if (nominal[f]) {
        row[f] = Double.isNaN(x[f]) ? MISSING : Math.floorMod((int) x[f], MISSING);
      } else {
        row[f] = (float) Math.max(-LARGEST, Math.min(LARGEST, x[f] - offset(f))) + 0f;
      }
    }
  }

  private double offset(final int f) {
    return Double.isNaN(origin[f]) ? 0 : origin[f];
  }

  /** Takes an event in, encoded as it was before, with the score that the trees give it. */
  void add(
      final double[] x,
      final float[] row,
      final float taken,
      final float often,
      final float[] scores) {
    if (size == room && room < longest) {
      resize(Math.min(longest, 2 * room));
    }
    for (int f = 0; f < features; f++) {
      if (nominal[f]) {
        bin[f][next] = (byte) (int) row[f];
        continue;
      }
      float number = row[f];
      if (Double.isNaN(origin[f]) && !Double.isNaN(x[f])) {
        origin[f] = Math.max(-LARGEST, Math.min(LARGEST, x[f]));
        number = (float) Math.max(-LARGEST, Math.min(LARGEST, x[f] - origin[f]));
      }
      value[f][next] = number;
      bin[f][next] = binOf(edges[f], number);
    }
    target[next] = taken;
    weight[next] = often;
    System.arraycopy(scores, 0, score, next * classes, classes);
    size = Math.min(room, size + 1);
    next = next + 1 == longest ? 0 : next + 1;
  }

  /** Drops all events, and the room for them. */
  void clear() {
    size = 0;
    resize(Math.min(longest, FIRST_ROOM));
  }

  /**
   * 0 for a missing value, else one more than the edges that it reaches: a search of as many steps
   * for every value, none of which is a branch.
   */
  private static byte binOf(final float[] edge, final float number) {
    int reached = reaches(number, edge[15]) << 4;
    reached += reaches(number, edge[reached + 7]) << 3;
    reached += reaches(number, edge[reached + 3]) << 2;
    reached += reaches(number, edge[reached + 1]) << 1;
    reached += reaches(number, edge[reached]);
    return (byte) (Float.isNaN(number) ? 0 : 1 + reached);
  }

  private static int reaches(final float number, final float edge) {
    return 1 - BoostForest.isNegative(number - edge);
  }

  /** Finds the edges of a column anew, by values drawn from it. */
  void bin(final int f, final long seed, final long turn) {
    if (nominal[f]) {
      return;
    }
    int found = 0;
    for (int i = 0; i < DRAWN; i++) {
      final int at = size <= DRAWN ? i : CounterRandom.below(size, seed, turn * DRAWN + i);
      if (at < size && !Float.isNaN(value[f][at])) {
        drawn[found++] = value[f][at];
      }
    }
    Arrays.sort(drawn, 0, found);
    final int count = cut(found, edges[f]);
    edgeCount[f] = count;
    Arrays.fill(edges[f], count, edges[f].length, Float.POSITIVE_INFINITY);
    binAll(f);
  }

  /**
   * Cuts the drawn values, which rise, into bins of nearly as many each. A value that would fill a
   * bin by itself has one, and the others share what bins are left: of a feature that is zero for
   * the most part they tell the other values apart (Ke and others, "LightGBM", NeurIPS 2017, bins
   * features this way).
   *
   * @return edges
   */
  private int cut(final int found, final float[] edge) {
    int often = 0;
    int rare = found;
    for (int i = 0; i < found; i = endOf(i, found)) {
      if (fillsBin(i, found)) {
        often++;
        rare -= endOf(i, found) - i;
      }
    }
    final float enough = (float) rare / Math.max(1, EDGES + 1 - often);
    int count = 0;
    int held = 0;
    int i = 0;
    while (endOf(i, found) < found && count < EDGES) {
      final int end = endOf(i, found);
      held += end - i;
      if (fillsBin(i, found) || held >= enough || (2 * held >= enough && fillsBin(end, found))) {
        edge[count++] = drawn[end];
        held = 0;
      }
      i = end;
    }
    return count;
  }

  /** Where the next larger value begins. */
  private int endOf(final int from, final int found) {
    int end = Math.min(found, from + 1);
    while (end < found && drawn[end] == drawn[from]) {
      end++;
    }
    return end;
  }

  private boolean fillsBin(final int from, final int found) {
    return (endOf(from, found) - from) * (EDGES + 1) >= found;
  }

  private void binAll(final int f) {
    final float[] edge = edges[f];
    final float[] values = value[f];
    final byte[] bins = bin[f];
    for (int i = 0; i < size; i++) {
      bins[i] = binOf(edge, values[i]);
    }
  }

  /** Makes room, or drops the oldest events. */
  private void resize(final int newRoom) {
    final int kept = Math.min(size, newRoom);
    final int first = Math.floorMod(next - kept, room);
    for (int f = 0; f < features; f++) {
      final byte[] bins = new byte[newRoom];
      final float[] values = nominal[f] ? null : new float[newRoom];
      for (int i = 0; i < kept; i++) {
        bins[i] = bin[f][(first + i) % room];
        if (values != null) {
          values[i] = value[f][(first + i) % room];
        }
      }
      bin[f] = bins;
      value[f] = values;
    }
    final float[] targets = new float[newRoom];
    final float[] weights = new float[newRoom];
    final float[] scores = new float[newRoom * classes];
    for (int i = 0; i < kept; i++) {
      targets[i] = target[(first + i) % room];
      weights[i] = weight[(first + i) % room];
      System.arraycopy(score, (first + i) % room * classes, scores, i * classes, classes);
    }
    target = targets;
    weight = weights;
    score = scores;
    room = newRoom;
    size = kept;
    next = kept == longest ? 0 : kept;
  }

  /** Takes new features, which count as missing, and new classes, of which nothing was said. */
  void grow(final Schema schema, final int newLongest) {
    if (newLongest < longest) {
      longest = newLongest;
      resize(Math.min(room, newLongest));
    }
    final int known = features;
    features = schema.featureCount();
    kinds(schema);
    value = Arrays.copyOf(value, features);
    bin = Arrays.copyOf(bin, features);
    edges = Arrays.copyOf(edges, features);
    edgeCount = Arrays.copyOf(edgeCount, features);
    origin = Arrays.copyOf(origin, features);
    for (int f = known; f < features; f++) {
      origin[f] = Double.NaN;
      column(f);
    }
    final int wider = schema.target().width();
    final float[] scores = new float[room * wider];
    for (int i = 0; i < size; i++) {
      System.arraycopy(score, i * classes, scores, i * wider, classes);
    }
    score = scores;
    classes = wider;
  }

  /**
   * Layout: events, next slot, columns of targets, weights and by class of scores, origins, then of
   * each feature its codes, or its edges and numbers. Bins follow from these.
   */
  void write(final ImageWriter out) {
    out.putInt(size).putInt(next);
    Column.write(target, size, out);
    Column.write(weight, size, out);
    float[] before = null;
    for (int c = 0; c < classes; c++) {
      final float[] column = new float[size];
      for (int i = 0; i < size; i++) {
        column[i] = score[i * classes + c];
      }
      Column.write(column, before, size, out);
      before = column;
    }
    out.putDoubles(origin, features);
    for (int f = 0; f < features; f++) {
      if (nominal[f]) {
        out.putBytes(Arrays.copyOf(bin[f], size));
      } else {
        Column.write(value[f], size, out.putFloats(edges[f], edgeCount[f]));
      }
    }
  }

  /** Reads what {@link #write} wrote into an empty window of the same schema. */
  void read(final ImageReader in, final BoostLoss loss) {
    size = in.getIntIn(0, longest, "events in the window");
    next = in.getIntIn(0, longest - 1, "next slot");
    if (size < longest && next != size) {
      throw new MalformedImageException(
          size + " events lie in the window, and it goes on at " + next);
    }
    room = Math.min(longest, FIRST_ROOM);
    while (room < size) {
      room = Math.min(longest, 2 * room);
    }
    target = new float[room];
    weight = new float[room];
    score = new float[room * classes];
    Column.read(target, size, in);
    loss.check(target, size);
    Column.read(weight, size, in);
    ImageReader.requireFinite(weight, "weight");
    readScores(in);
    in.getDoubles(origin, 0, features);
    for (int f = 0; f < features; f++) {
      column(f);
      if (nominal[f]) {
        final byte[] found = in.getBytes();
        System.arraycopy(found, 0, bin[f], 0, sized(found.length, size));
      } else {
        readNumbers(f, in);
      }
    }
  }

  private void readScores(final ImageReader in) {
    float[] before = null;
    for (int c = 0; c < classes; c++) {
      final float[] column = new float[size];
      Column.read(column, before, size, in);
      ImageReader.requireFinite(column, "score");
      for (int i = 0; i < size; i++) {
        score[i * classes + c] = column[i];
      }
      before = column;
    }
  }

  private void readNumbers(final int f, final ImageReader in) {
    final float[] found = in.getFloats();
    if (found.length > EDGES) {
      throw new MalformedImageException("a column has " + found.length + " edges");
    }
    for (int e = 1; e < found.length; e++) {
      if (!(found[e] > found[e - 1])) {
        throw new MalformedImageException("the edges of a column do not rise");
      }
    }
    edgeCount[f] = found.length;
    System.arraycopy(found, 0, edges[f], 0, found.length);
    Column.read(value[f], size, in);
    binAll(f);
  }

  private static int sized(final int found, final int expected) {
    if (found != expected) {
      throw new MalformedImageException(
          "the window has an array of " + found + " elements instead of " + expected);
    }
    return found;
  }

  long sizeBytes() {
    long bytes = 256 + 4L * DRAWN;
    for (int f = 0; f < features; f++) {
      bytes += 80 + (nominal[f] ? room : 5L * room + 4L * EDGES);
    }
    return bytes + room * (8L + 4L * classes);
  }
}
