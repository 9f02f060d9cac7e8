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
 * mean or as a value of its own. Neighbours count with their event's weight over their distance,
 * relative to the farthest of them, so that no scale matters: a class has its share of them, a
 * number is their mean.
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
  private final float[] nearest;
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
    nearest = new float[neighbours];
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
    final int found = findNearest(window.distances(x));
    neighbourhood.answer(found, nearest, nearestTarget, nearestWeight, prediction);
  }

  /** Sorts the nearest into {@link #nearest}, on a tie the one in the lower slot; how many. */
  private int findNearest(final float[] distance) {
    int found = 0;
    float farthest = Float.POSITIVE_INFINITY;
    final int filled = window.size();
    for (int i = 0; i < filled; i++) {
      final float d = distance[i];
      if (d < farthest || found < neighbours) {
        int at = found < neighbours ? found++ : neighbours - 1;
        while (at > 0 && nearest[at - 1] > d) {
          nearest[at] = nearest[at - 1];
          nearestTarget[at] = nearestTarget[at - 1];
          nearestWeight[at] = nearestWeight[at - 1];
          at--;
        }
        nearest[at] = d;
        nearestTarget[at] = window.target(i);
        nearestWeight[at] = window.weight(i);
        farthest = found < neighbours ? Float.POSITIVE_INFINITY : nearest[neighbours - 1];
      }
    }
    return found;
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
    return 64 + 16L * neighbours + neighbourhood.sizeBytes() + window.sizeBytes();
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
