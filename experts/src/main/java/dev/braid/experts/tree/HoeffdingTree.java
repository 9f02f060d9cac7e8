package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.TreeCounts;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.function.IntFunction;

/**
 * The Hoeffding tree, or VFDT: P. Domingos, G. Hulten: Mining High-Speed Data Streams, KDD 2000;
 * naive Bayes adaptive leaves after J. Gama et al. (2003) and G. Holmes et al. (2005).
 *
 * <p>With equal options it predicts the classes that MOA 2024.07's {@code HoeffdingTree} predicts,
 * event by event: same splits, same ties. It departs from MOA where that has no sensible answer:
 *
 * <ul>
 *   <li>An infinite number, or a nominal value that the schema does not know, counts as missing.
 *   <li>A feature that is newer than a leaf is left out of naive Bayes for the classes not met with
 *       it yet; MOA has no new features.
 *   <li>A nominal feature without values is no split candidate; for MOA's Gini criterion it is the
 *       best.
 *   <li>Weights of the values other than one are found by subtraction, so that weights that are no
 *       whole numbers may differ from MOA's in the last bit.
 *   <li>The byte cap holds for the bytes of this tree ({@link #sizeBytes()}) and at any time; MOA
 *       estimates its own size every million instances.
 * </ul>
 */
public final class HoeffdingTree extends TreeExpert {
  /** What {@link #kind()} returns. */
  public static final String KIND = "hoeffding-tree";

  /**
   * An empty tree.
   *
   * @throws IllegalArgumentException if the byte cap is too small for the schema
   */
  public HoeffdingTree(final Schema schema, final HoeffdingTreeOptions options) {
    this(new TreeCore(schema, options));
  }

  private HoeffdingTree(final TreeCore tree) {
    super(tree, TreeExtension.NONE);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    if (tree.root == NodeTable.NONE) {
      tree.addRoot();
    }
    tree.begin(x);
    int node = tree.sort(tree.root, x);
    if (tree.nodes.isSplit(node)) {
      if (tree.openBranch() == NodeTable.NONE) {
        return;
      }
      node = tree.addLeaf(node, tree.openBranch());
      if (node == NodeTable.NONE) {
        return;
      }
    }
    tree.learnAt(node, x, label, weight);
    if (tree.growthAllowed && tree.isDue(node)) {
      tree.attemptSplit(node);
    }
    tree.forget();
    chunks.touchHeader();
  }

  @Override
  public TreeCounts treeCounts() {
    return new TreeCounts(splits(), 0, 0);
  }

  /**
   * Reads what {@link #writeChunk} wrote.
   *
   * @param schema the schema the tree had when it was written
   * @param chunkCount number of chunks
   * @param chunks a reader for each chunk
   * @throws MalformedImageException if the chunks are damaged or belong to another schema
   */
  public static HoeffdingTree read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader header = chunks.apply(0);
    final HoeffdingTree tree = new HoeffdingTree(TreeChunks.open(schema, header));
    tree.chunks.read(header, chunkCount, chunks);
    return tree;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The Hoeffding tree, decision for decision that of MOA.",
          TreeOptions.withRemoval(HoeffdingTreeOptions.DEFAULTS),
          (options, schema, seed) ->
              new HoeffdingTree(schema, TreeOptions.withRemoval(options, seed)),
          HoeffdingTree::read);
    }
  }
}
