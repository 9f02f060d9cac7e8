package dev.braid.experts.boost;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.drift.Adwin;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Gradient boosting (Friedman, "Stochastic Gradient Boosting", 2002) that goes on with the stream:
 * every so many events one small tree is fitted to what the others leave over of a sample of the
 * last events, and the oldest tree is dropped. Every event pays for the same number of cells looked
 * at: the smaller the window yet, the sooner the next tree comes.
 */
public final class BoostedTrees implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "boosted-trees";

  /** Cells of the window at most: wide data gets a shorter window. */
  private static final int MOST_CELLS = 1 << 18;

  private static final int SHORTEST = 256;

  /** Events before the first tree. */
  private static final int FEWEST = 16;

  private static final int FEW = 6;

  /** Events up to which all columns get new edges whenever their number has doubled. */
  private static final int SETTLED = 2048;

  private final BoostOptions options;
  private final long seed;
  private final BoostLoss loss;
  private final BoostWindow window;
  private final BoostForest forest;
  private final TreeGrower grower;
  private long grown;
  private long credit;
  private long binnedAt;
  private DriftDetector errors = new Adwin();
  // Trees grown when errors rose last.
  private long alarmed;
  private boolean dirty = true;

  // Scratch of the event that was asked about or learned last, and whether its scores hold still.
  private boolean scored;
  private float[] other;
  private float[] row;
  private float[] score;
  private int[] columns;

  BoostedTrees(final Schema schema, final BoostOptions options, final long seed) {
    this.options = options;
    this.seed = seed;
    loss = BoostLoss.of(schema);
    window = new BoostWindow(schema, longest(schema));
    forest = new BoostForest(options, schema.target().width());
    grower = new TreeGrower(options);
    allocate();
  }

  private void allocate() {
    scored = false;
    other = new float[Math.max(1, window.features)];
    row = new float[Math.max(1, window.features)];
    score = new float[window.classes];
    columns = new int[window.features];
  }

  private int longest(final Schema schema) {
    final int cells = Math.max(1, schema.featureCount() + schema.target().width());
    return Math.min(options.window(), Math.max(SHORTEST, MOST_CELLS / cells));
  }

  @Override
  public String kind() {
    return KIND;
  }

  private void scores(final double[] x) {
    window.encode(x, other);
    if (scored && Arrays.equals(row, other)) {
      return;
    }
    final float[] event = other;
    other = row;
    row = event;
    Arrays.fill(score, 0);
    forest.addScores(row, window.nominal, score);
    scored = true;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    scores(x);
    loss.answer(score, prediction);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    if (loss.learn(target)) {
      restart();
    }
    scores(x);
    final float taken = loss.taken(target);
    watch(loss.error(score, taken));
    window.add(x, row, taken, (float) Math.min(1e6, weight), score);
    dirty = true;
    scored = false;
    credit += work();
    final long cost = cost();
    if (credit >= cost && window.size >= FEWEST) {
      credit = Math.min(cost, credit - cost);
      step();
    }
  }

  private void watch(final double error) {
    if (errors.rose(error)) {
      errors = errors.fresh();
      alarmed = grown;
    }
  }

  private boolean isSettled() {
    return window.size == window.longest && grown - alarmed >= options.trees();
  }

  /** Cells that an event pays for. */
  private int work() {
    return isSettled() ? (int) Math.max(1, options.work() * options.settled()) : options.work();
  }

  /** Events that the next tree is fitted to, at most: what settled can be looked at closer. */
  private int sample() {
    final double most = isSettled() ? options.sample() / options.settled() : options.sample();
    return (int) Math.min(window.size, most);
  }

  /** Forgets events and trees; not the seeds used up, nor where the features lie. */
  private void restart() {
    window.clear();
    forest.clear();
    scored = false;
    credit = 0;
    binnedAt = 0;
    errors = errors.fresh();
    alarmed = grown;
  }

  /** Cells that the next tree looks at. */
  private long cost() {
    final long sample = sample();
    final long ofSample = (long) used() * options.depth() + 10L * window.classes + 10;
    final long ofScore = GradientSample.isWhole(window.classes) ? 8 : 2;
    final long ofWindow = 2L * options.depth() + ofScore * window.classes + 5;
    return sample * ofSample + window.size * ofWindow + 30L * used() * options.leaves();
  }

  /** Features that a tree may look at: half of them, drawn for each, or all of a few. */
  private int used() {
    return Math.min(window.features, Math.max(FEW, (window.features + 1) / 2));
  }

  private void step() {
    if (window.size >= 2 * binnedAt && binnedAt < SETTLED) {
      for (int f = 0; f < window.features; f++) {
        window.bin(f, seed, grown);
      }
      binnedAt = window.size;
    } else if (window.features > 0) {
      window.bin((int) (grown % window.features), seed, grown);
    }
    final long drawSeed = CounterRandom.bits(seed, -1);
    boolean nominal = false;
    for (int f = 0; f < window.features; f++) {
      columns[f] = f;
      nominal |= window.nominal[f];
    }
    for (int u = 0; u < used(); u++) {
      final int other =
          u + CounterRandom.below(window.features - u, drawSeed, grown * window.features + u);
      final int f = columns[u];
      columns[u] = columns[other];
      columns[other] = f;
    }
    final boolean full = forest.isFull();
    final int place = forest.place(nominal);
    if (full) {
      forest.count(place, forest.find(place, window), window, -1);
    }
    grower.grow(
        window, loss, forest, place, columns, used(), sample(), CounterRandom.bits(seed, grown));
    final int[] found = forest.find(place, window);
    grower.setLeaves(window, loss, forest, place, found);
    forest.count(place, found, window, 1);
    grown++;
  }

  @Override
  public void grow(final Schema schema) {
    loss.grow(schema);
    window.grow(schema, longest(schema));
    if (window.classes != forest.classes) {
      forest.grow(window.classes);
    }
    allocate();
    dirty = true;
  }

  /** Each level of a tree waits for the one above, and cells lie apart. */
  @Override
  public long operations() {
    return 10L * forest.count * options.depth() + 2L * work();
  }

  @Override
  public long sizeBytes() {
    return 256 + errors.sizeBytes() + loss.sizeBytes() + window.sizeBytes() + forest.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /**
   * Layout: options, seed, trees grown in all, credit, events at the last binning, trees grown when
   * errors rose last, detector of that, what the loss knows, window, trees.
   */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    options.write(out.begin(ImageKind.EXPERT, KIND));
    out.putLong(seed).putLong(grown).putLong(credit).putLong(binnedAt).putLong(alarmed);
    Detectors.write(errors, out);
    loss.write(out);
    window.write(out);
    forest.write(window.nominal, out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static BoostedTrees read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final BoostOptions options = BoostOptions.read(in);
    final BoostedTrees expert = new BoostedTrees(schema, options, in.getLong());
    expert.grown = in.getCount("trees grown");
    expert.credit = in.getLongIn(0, Long.MAX_VALUE / 2, "credit");
    expert.binnedAt = in.getLongIn(0, 1 << 20, "events at the last binning");
    expert.alarmed = in.getLongIn(0, expert.grown, "trees grown when errors rose");
    expert.errors = Detectors.read(in);
    expert.loss.read(in);
    expert.window.read(in, expert.loss);
    expert.forest.read(expert.window.features, expert.window.nominal, in);
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
          "Gradient boosting of small trees that goes on with the stream: one by one they are"
              + " fitted to what the others leave over.",
          BoostOptions.ALL,
          (options, schema, seed) -> new BoostedTrees(schema, BoostOptions.of(options), seed),
          BoostedTrees::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return true;
    }
  }
}
