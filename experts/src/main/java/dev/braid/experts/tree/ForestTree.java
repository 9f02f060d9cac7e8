package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.PoissonWeight;
import dev.braid.experts.TreeCounts;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.function.IntFunction;

/**
 * One tree of an adaptive forest (Gomes et al., "Adaptive random forests for evolving data stream
 * classification", Machine Learning 2017, algorithm 1): it learns each event as often as a Poisson
 * variable of mean 6 says, and two drift detectors watch its errors. When a sensitive one sees them
 * rise, a second tree starts to learn in the background; when a cautious one does, it takes over.
 *
 * <p>Chunk 0: seed, events, trees grown, trees replaced, options, both detectors, number of chunks
 * of the tree and of the one in the background; then the chunks of the tree, then those of the
 * background tree.
 *
 * @param <T> the sort of tree
 */
public abstract class ForestTree<T extends Expert> implements Expert {
  private final long seed;
  private final PoissonWeight weights;
  private Schema schema;
  private T tree;
  private T background;
  private DriftDetector warning;
  private DriftDetector drift;
  private long learned;
  private long grown;
  private int replaced;
  private double[] scratch;

  private boolean dirty = true;
  // Where the saved chunks lie: a tree that moved to other numbers must be written again.
  private boolean treeMoved = true;
  private int savedTreeChunks = -1;

  /**
   * Without a tree: {@link #plant} or {@link #restore} comes next.
   *
   * @param seed of the event weights and, with the number of the tree, of each tree grown
   * @param warning begins a second tree where it sees errors rise; fresh
   * @param drift puts the second tree in the first one's place where it sees errors rise; fresh
   */
  protected ForestTree(
      final Schema schema,
      final long seed,
      final DriftDetector warning,
      final DriftDetector drift) {
    this.schema = schema;
    this.seed = seed;
    this.warning = warning;
    this.drift = drift;
    weights = new PoissonWeight(seed);
    scratch = new double[schema.target().width()];
  }

  /** An untrained tree. */
  protected abstract T newTree(Schema now, long treeSeed);

  /** A saved tree. */
  protected abstract T savedTree(Schema now, int chunkCount, IntFunction<ImageReader> chunks);

  /** How wrong a prediction is, for the detectors: 0 to 1. */
  protected abstract double error(double[] predicted, double target);

  /** Writes the options. */
  protected abstract void writeOptions(ImageWriter out);

  /** Makes the first tree. */
  protected final void plant() {
    tree = grow();
  }

  private T grow() {
    return newTree(schema, CounterRandom.bits(~seed, grown++));
  }

  @Override
  public final void predict(final double[] x, final double[] prediction) {
    tree.predict(x, prediction);
  }

  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    tree.predict(x, scratch);
    learn(x, target, weight, scratch);
  }

  @Override
  public final void learn(
      final double[] x, final double target, final double weight, final double[] predicted) {
    final double error = error(predicted, target);
    final int times = weights.of(learned++);
    if (times > 0) {
      tree.learn(x, target, times * weight);
      if (background != null) {
        background.learn(x, target, times * weight);
      }
    }
    adapt(error);
    dirty = true;
  }

  private void adapt(final double error) {
    // A tree that gets better is left alone.
    if (warning.rose(error)) {
      background = grow();
      warning = warning.fresh();
    }
    if (drift.rose(error)) {
      tree = background == null ? grow() : background;
      background = null;
      warning = warning.fresh();
      drift = drift.fresh();
      treeMoved = true;
      replaced++;
    }
  }

  @Override
  public final int drainReplacements() {
    final int count = replaced;
    replaced = 0;
    return count;
  }

  /** As swaps count all trees grown but the one that predicts and the one in the background. */
  @Override
  public final TreeCounts treeCounts() {
    return new TreeCounts(tree.treeCounts().splits(), 0, grown - (background == null ? 1 : 2));
  }

  @Override
  public final void grow(final Schema larger) {
    schema = larger;
    scratch = new double[larger.target().width()];
    tree.grow(larger);
    if (background != null) {
      background.grow(larger);
    }
    dirty = true;
  }

  @Override
  public final long operations() {
    return tree.operations() * (background == null ? 1 : 2);
  }

  @Override
  public final long sizeBytes() {
    return 160
        + 8L * scratch.length
        + warning.sizeBytes()
        + drift.sizeBytes()
        + tree.sizeBytes()
        + (background == null ? 0 : background.sizeBytes());
  }

  @Override
  public final int chunkCount() {
    return 1 + tree.chunkCount() + (background == null ? 0 : background.chunkCount());
  }

  @Override
  public final boolean isDirty(final int chunk) {
    if (chunk == 0) {
      return dirty;
    }
    final int ofTree = tree.chunkCount();
    if (chunk <= ofTree) {
      return treeMoved || tree.isDirty(chunk - 1);
    }
    return treeMoved || savedTreeChunks != ofTree || background.isDirty(chunk - 1 - ofTree);
  }

  @Override
  public final void markClean() {
    dirty = false;
    treeMoved = false;
    savedTreeChunks = tree.chunkCount();
    tree.markClean();
    if (background != null) {
      background.markClean();
    }
  }

  @Override
  public final void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk == 0) {
      writeHeader(out);
    } else if (background == null || chunk <= tree.chunkCount()) {
      tree.writeChunk(chunk - 1, out);
    } else {
      background.writeChunk(chunk - 1 - tree.chunkCount(), out);
    }
  }

  private void writeHeader(final ImageWriter out) {
    out.begin(ImageKind.EXPERT, kind())
        .putLong(seed)
        .putLong(learned)
        .putLong(grown)
        .putInt(replaced);
    writeOptions(out);
    Detectors.write(warning, out);
    Detectors.write(drift, out);
    out.putInt(tree.chunkCount()).putInt(background == null ? 0 : background.chunkCount());
  }

  /**
   * What an image begins with.
   *
   * @param seed of the event weights
   * @param learned events
   * @param grown trees
   * @param replaced trees since they were counted
   */
  protected record Counts(long seed, long learned, long grown, int replaced) {
    /** Reads them, in front of the options. */
    public static Counts read(final ImageReader in) {
      return new Counts(
          in.getLong(),
          in.getCount("events learned"),
          in.getLongIn(1, Long.MAX_VALUE, "trees grown"),
          in.getIntIn(0, Integer.MAX_VALUE, "trees replaced"));
    }
  }

  /**
   * Takes back what was saved.
   *
   * @param in chunk 0, behind the detectors
   */
  protected final void restore(
      final Counts counts,
      final ImageReader in,
      final int chunkCount,
      final IntFunction<ImageReader> chunks) {
    final int ofTree = in.getIntIn(1, chunkCount - 1, "chunks of the tree");
    final int rest = chunkCount - 1 - ofTree;
    in.getIntIn(rest, rest, "chunks of the background tree");
    in.end();
    learned = counts.learned();
    grown = counts.grown();
    replaced = counts.replaced();
    tree = savedTree(schema, ofTree, c -> chunks.apply(1 + c));
    if (rest > 0) {
      background = savedTree(schema, rest, c -> chunks.apply(1 + ofTree + c));
    }
    markClean();
  }
}
