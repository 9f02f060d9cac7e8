package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.state.image.ImageWriter;

/** What the kinds of Hoeffding tree have in common as experts: all but how they learn. */
abstract class TreeExpert implements Expert {
  /** Operations of an event that go into watching for drift, statistics and splits. */
  private static final long LEARNING = 1_000;

  final TreeCore tree;
  final TreeChunks chunks;

  TreeExpert(final TreeCore tree, final TreeExtension extension) {
    this.tree = tree;
    chunks = new TreeChunks(tree, extension);
  }

  @Override
  public final void predict(final double[] x, final double[] probabilities) {
    if (tree.root == NodeTable.NONE) {
      Votes.normalise(probabilities, 0, 0, 0, probabilities);
      return;
    }
    tree.begin(x);
    tree.predictAt(tree.sort(tree.root, x), x, probabilities);
  }

  @Override
  public final void grow(final Schema schema) {
    tree.grow(schema);
    chunks.touchHeader();
  }

  /** Leaves, those of alternates and those that were deactivated among them. */
  public final int leaves() {
    return tree.activeLeaves + tree.inactiveLeaves;
  }

  /** Splits made in the life of this tree. */
  public final long splits() {
    return tree.splits;
  }

  /**
   * Of a path as long as in a balanced tree, of a leaf's densities, and of the rest of learning.
   */
  @Override
  public final long operations() {
    final int depth = Integer.SIZE - Integer.numberOfLeadingZeros(leaves());
    return LEARNING + 20L * depth + 10L * tree.layout.observed * tree.layout.classes;
  }

  /** Bytes held by all arrays, from their lengths; never above the cap of the options. */
  @Override
  public final long sizeBytes() {
    return tree.sizeBytes();
  }

  @Override
  public final int chunkCount() {
    return chunks.chunkCount();
  }

  @Override
  public final boolean isDirty(final int chunk) {
    return chunks.isDirty(chunk);
  }

  @Override
  public final void writeChunk(final int chunk, final ImageWriter out) {
    chunks.writeChunk(chunk, out);
  }

  @Override
  public final void markClean() {
    chunks.markClean();
  }
}
