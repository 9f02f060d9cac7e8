package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Nearest neighbours among the last events, by brute force over flat float columns: the inner loops
 * run along the window, one feature at a time, in the form the compiler turns into vector code.
 *
 * <p>A numeric feature counts by its squared difference over its variance in the window, a nominal
 * one by 0 or 1; a missing value of the query counts nothing, one in the window as the feature's
 * mean or as a value of its own. Neighbours count with their event's weight and by how near they
 * are, relative to the farthest of them, so that no scale matters: a class has its share of them, a
 * number is their mean ({@link Neighbourhood}).
 */
public final class WindowedKnn implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "knn";

  /** Cells of the window at most: wide data gets a shorter window, and the cost stays bounded. */
  private static final int MOST_CELLS = 1 << 18;

  private static final int SHORTEST = 64;

  private final int neighbours;
  private final int longest;
  private final KnnWindow window;
  private final Neighbourhood neighbourhood;
  private final NearestRows search;
  private final double[] nearestTarget;
  private final float[] nearestWeight;
  private boolean dirty = true;

  /**
   * An expert that has seen nothing.
   *
   * @param window events kept, at most; wide schemas keep fewer
   * @param neighbours how many vote, 1 or more
   */
  public WindowedKnn(final Schema schema, final int window, final int neighbours) {
    this(schema, window, neighbours, new KnnWindow(schema, capacity(schema, window)));
  }

  private WindowedKnn(
      final Schema schema, final int longest, final int neighbours, final KnnWindow window) {
    this.longest = longest;
    this.neighbours = neighbours;
    this.window = window;
    search = new NearestRows(neighbours);
    neighbourhood = Neighbourhood.of(schema);
    nearestTarget = new double[neighbours];
    nearestWeight = new float[neighbours];
  }

  private static int capacity(final Schema schema, final int longest) {
    final int affordable = MOST_CELLS / Math.max(1, schema.featureCount());
    return Math.max(1, Math.min(longest, Math.max(SHORTEST, affordable)));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    window.look(x, search);
    final int found = search.find(window.size(), window.room());
    for (int n = 0; n < found; n++) {
      nearestTarget[n] = window.target(search.row[n]);
      nearestWeight[n] = window.weight(search.row[n]);
    }
    neighbourhood.answer(found, search.distance, nearestTarget, nearestWeight, prediction);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    window.add(x, neighbourhood.taken(target), (float) weight);
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    window.grow(schema, capacity(schema, longest));
    dirty = true;
  }

  /** Operations of a full window, of which the processor does some five at once. */
  @Override
  public long operations() {
    return window.cells() / 5;
  }

  @Override
  public long sizeBytes() {
    return 64
        + 12L * neighbours
        + neighbourhood.sizeBytes()
        + search.sizeBytes(window.columns(), window.room())
        + window.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /** Layout: window wanted, neighbours, range of a target that is a number, the window. */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putInt(longest).putInt(neighbours);
    neighbourhood.write(out);
    window.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static WindowedKnn read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final int longest = in.getIntIn(1, Integer.MAX_VALUE, "window");
    final int neighbours = in.getIntIn(1, 1 << 20, "neighbours");
    final KnnWindow window = new KnnWindow(schema, capacity(schema, longest));
    final WindowedKnn expert = new WindowedKnn(schema, longest, neighbours, window);
    expert.neighbourhood.read(in);
    window.read(schema.target(), in);
    in.end();
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The nearest neighbours among the last events.",
          List.of(
              new Option(
                  "window",
                  "1000",
                  "Events among which neighbours are sought, 1 to 2^20; wide schemas keep fewer."),
              new Option("neighbours", "10", "How many of them count, 1 to 2^20.")),
          (options, schema, seed) ->
              new WindowedKnn(
                  schema,
                  options.integer("window", 1, 1 << 20),
                  options.integer("neighbours", 1, 1 << 20)),
          WindowedKnn::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return true;
    }
  }
}
