package dev.braid.experts.tree;

import dev.braid.drift.Adwin;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * What an adaptive tree keeps for each node: how often the node's subtree errs, an alternate that
 * may take its place, and the random state from which a leaf draws weights.
 *
 * <p>Header: long alternates begun, dropped, and put in place of their node; int nodes there is
 * room for. Page of 32 nodes: int[] alternate of each or -1; for each node its random state (long),
 * a flag and, if set, its {@link Adwin}.
 */
final class AdaptiveNodes implements TreeExtension {
  /** What a node needs up to an error window of 20,000 events. */
  static final long BYTES_PER_NODE = 1_400;

  private static final int PAGE = 1 << NodeTable.PAGE_SHIFT;
  private static final long SEED = JavaRandom.seeded(1);

  long begun;
  long dropped;
  long swapped;

  private int[] alternates = {};
  private long[] randomStates = {};
  private Adwin[] errors = {};
  private boolean[] dirty = {};
  private long errorBytes;

  /** Makes room for so many nodes; new ones are fresh. */
  void ensure(final int nodes) {
    final int known = alternates.length;
    if (nodes > known) {
      setRoom(Math.max(nodes, known + known / 4 + 1));
    }
  }

  private void setRoom(final int room) {
    final int known = alternates.length;
    alternates = Arrays.copyOf(alternates, room);
    randomStates = Arrays.copyOf(randomStates, room);
    errors = Arrays.copyOf(errors, room);
    dirty = Arrays.copyOf(dirty, NodeTable.nodePages(room));
    Arrays.fill(alternates, known, room, NodeTable.NONE);
    Arrays.fill(randomStates, known, room, SEED);
    Arrays.fill(dirty, known >> NodeTable.PAGE_SHIFT, dirty.length, true);
  }

  /** Makes a node a fresh one. */
  void reset(final int node) {
    if (errors[node] != null) {
      errorBytes -= errors[node].sizeBytes();
    }
    errors[node] = null;
    alternates[node] = NodeTable.NONE;
    randomStates[node] = SEED;
    touch(node);
  }

  @Override
  public int alternate(final int node) {
    return alternates[node];
  }

  void setAlternate(final int node, final int alternate) {
    alternates[node] = alternate;
    touch(node);
  }

  /** Draws a weight of a Poisson distribution with mean 1. */
  int drawWeight(final int node, final JavaRandom random) {
    random.setState(randomStates[node]);
    final int drawn = random.nextPoisson();
    randomStates[node] = random.state();
    touch(node);
    return drawn;
  }

  /**
   * Takes one more outcome of a node's subtree.
   *
   * @return whether the error has risen
   */
  boolean addOutcome(final int node, final boolean wrong) {
    Adwin error = errors[node];
    if (error == null) {
      error = new Adwin();
      errors[node] = error;
      errorBytes += error.sizeBytes();
    }
    final boolean first = error.width() == 0;
    final double before = error.estimate();
    final long bytes = error.sizeBytes();
    final boolean changed = error.add(wrong ? 1.0 : 0.0);
    errorBytes += error.sizeBytes() - bytes;
    touch(node);
    return changed && (first || before <= error.estimate());
  }

  /** Events the present error of a node is taken from; 0 for a fresh node. */
  long errorWidth(final int node) {
    return errors[node] == null ? 0 : errors[node].width();
  }

  double error(final int node) {
    return errors[node] == null ? 0.0 : errors[node].estimate();
  }

  private void touch(final int node) {
    dirty[node >> NodeTable.PAGE_SHIFT] = true;
  }

  long sizeBytes() {
    return 80
        + 4 * 16
        + alternates.length * (4L + 8 + 4)
        + dirty.length
        + ChunkDirectory.sizeBytes(dirty.length)
        + errorBytes;
  }

  @Override
  public int pages(final int nodes) {
    return NodeTable.nodePages(nodes);
  }

  @Override
  public boolean isDirty(final int page) {
    return dirty[page];
  }

  @Override
  public void markClean() {
    Arrays.fill(dirty, false);
  }

  @Override
  public void writeHeader(final ImageWriter out) {
    out.putLong(begun).putLong(dropped).putLong(swapped).putInt(alternates.length);
  }

  @Override
  public void readHeader(final int nodes, final int mostRoom, final ImageReader in) {
    begun = in.getLong();
    dropped = in.getLong();
    swapped = in.getLong();
    setRoom(in.getIntIn(nodes, mostRoom, "room for adaptive nodes"));
  }

  @Override
  public void writePage(final int page, final int nodes, final ImageWriter out) {
    final int from = page * PAGE;
    final int to = Math.min(nodes, from + PAGE);
    out.putInts(alternates, from, to - from);
    for (int node = from; node < to; node++) {
      out.putLong(randomStates[node]).putBoolean(errors[node] != null);
      if (errors[node] != null) {
        errors[node].write(out);
      }
    }
  }

  @Override
  public void readPage(final int page, final int nodes, final ImageReader in) {
    final int from = page * PAGE;
    final int to = Math.min(nodes, from + PAGE);
    final int[] read = in.getInts();
    if (read.length != to - from) {
      throw new MalformedImageException("tree: a page of adaptive nodes has an unexpected size");
    }
    System.arraycopy(read, 0, alternates, from, read.length);
    for (int node = from; node < to; node++) {
      randomStates[node] = in.getLong();
      if (in.getBoolean()) {
        errors[node] = Adwin.read(in);
        errorBytes += errors[node].sizeBytes();
      }
    }
  }
}
