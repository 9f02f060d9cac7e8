package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;
import java.util.function.IntFunction;

/**
 * The image of a tree, in blocks of a few kilobytes: a leaf that learned makes the page of its node
 * and the page of its statistics dirty, and the header. Each block ends in a checksum.
 *
 * <pre>
 * block 0, kind HTRE, version 1
 *   the options in the order of {@link HoeffdingTreeOptions}
 *   int       class capacity
 *   int[]     value capacity of each feature; features the tree sees
 *   int       root or -1, nodes, places for children, slots of statistics
 *   boolean   growth allowed
 *   int       nodes, children, pages and owners of slots there is room for
 *   long      splits, random state
 *   int[]     for each further block, type &lt;&lt; 28 | page
 * nodes, kind HTND, version 1: 32 nodes from 32 * page
 *   int[]     links as in {@link NodeTable}
 *   double[]  numbers as in {@link NodeTable}
 * children, kind HTCH, version 1: 512 places from 512 * page
 *   int[]     node or -1
 * statistics, kind HTST, version 1: slots from slots per page * page
 *   int[]     node that owns the slot
 *   double[]  slots as in {@link LeafLayout}
 * </pre>
 */
final class TreeImage {
  static final int NODES = 0;
  static final int CHILDREN = 1;
  static final int STATISTICS = 2;

  private static final String[] KINDS = {"HTND", "HTCH", "HTST"};
  private static final String HEADER = "HTRE";
  private static final int VERSION = 1;

  private TreeImage() {}

  static int[] pages(final TreeCore tree, final int... more) {
    final int[] pages = new int[3 + more.length];
    pages[NODES] = tree.nodes.nodePages();
    pages[CHILDREN] = tree.nodes.childPages();
    pages[STATISTICS] = tree.store.pageCount();
    System.arraycopy(more, 0, pages, 3, more.length);
    return pages;
  }

  static boolean isDirty(final TreeCore tree, final int type, final int page) {
    return switch (type) {
      case NODES -> tree.nodes.isDirty(page);
      case CHILDREN -> tree.nodes.areChildrenDirty(page);
      default -> tree.store.isDirty(page);
    };
  }

  static void writeHeader(
      final TreeCore tree, final BlockDirectory directory, final ImageWriter out) {
    final int from = out.size();
    out.begin(HEADER, VERSION);
    tree.options.write(out);
    final LeafLayout layout = tree.layout;
    out.putInt(layout.classCapacity);
    out.putInts(layout.valueCapacity, layout.valueCapacity.length);
    out.putInts(layout.visible, layout.visible.length);
    out.putInt(tree.root).putInt(tree.nodes.count()).putInt(tree.nodes.childEnd());
    out.putInt(tree.store.count()).putBoolean(tree.growthAllowed);
    out.putInt(tree.nodes.nodeRoom()).putInt(tree.nodes.childRoom());
    out.putInt(tree.store.pageRoom()).putInt(tree.store.ownerRoom());
    out.putLong(tree.splits).putLong(tree.random.state());
    directory.write(out);
    out.seal(from);
  }

  static void writePage(
      final TreeCore tree, final int type, final int page, final ImageWriter out) {
    final int from = out.size();
    out.begin(KINDS[type], VERSION);
    switch (type) {
      case NODES -> tree.nodes.writeNodes(page, out);
      case CHILDREN -> tree.nodes.writeChildren(page, out);
      default -> tree.store.writePage(page, out);
    }
    out.seal(from);
  }

  /**
   * Reads the header and all pages that are not of an extension.
   *
   * @param extensions pages of further types, given the number of nodes
   */
  static Loaded read(
      final Schema schema,
      final int blockCount,
      final IntFunction<ImageReader> blocks,
      final IntFunction<int[]> extensions) {
    final ImageReader in = blocks.apply(0);
    in.checkSeal();
    in.begin(HEADER, VERSION);
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.read(in);
    final LeafLayout layout = readLayout(in, schema, options);
    final TreeCore tree = new TreeCore(options, layout);
    tree.root = in.getInt();
    final int nodes = in.getIntIn(0, Integer.MAX_VALUE - 31, "number of nodes");
    final int places = in.getIntIn(0, Integer.MAX_VALUE - 511, "number of children");
    final int slots = in.getIntIn(0, nodes, "number of slots");
    tree.growthAllowed = in.getBoolean();
    readRoom(in, tree, nodes, places, slots);
    tree.splits = in.getLong();
    tree.random.setState(in.getLong());
    final int[] more = extensions.apply(nodes);
    final int[] pages = new int[3 + more.length];
    pages[NODES] = NodeTable.nodePages(nodes);
    pages[CHILDREN] = NodeTable.childPages(places);
    pages[STATISTICS] = tree.store.pagesFor(slots);
    System.arraycopy(more, 0, pages, 3, more.length);
    final BlockDirectory directory = BlockDirectory.read(in, pages);
    in.end();
    if (directory.blockCount() != blockCount) {
      throw new MalformedImageException(
          "tree: " + blockCount + " blocks instead of " + directory.blockCount());
    }
    readPages(tree, directory, blocks, nodes, places, slots);
    TreeCheck.check(tree);
    return new Loaded(tree, directory);
  }

  private static void readRoom(
      final ImageReader in,
      final TreeCore tree,
      final int nodes,
      final int places,
      final int slots) {
    final int nodeRoom = in.getIntIn(nodes, room(nodes), "room for nodes");
    final int childRoom = in.getIntIn(places, room(places), "room for children");
    final int pages = tree.store.pagesFor(slots);
    final int pageRoom = in.getIntIn(pages, room(tree.store.pagesFor(nodes)), "room for pages");
    final int ownerRoom = in.getIntIn(slots, room(nodes), "room for owners");
    if (nodes > (long) in.remaining() / Integer.BYTES * (1 << NodeTable.PAGE_SHIFT)
        || places > (long) in.remaining() / Integer.BYTES * (1 << NodeTable.CHILD_PAGE_SHIFT)) {
      throw new MalformedImageException("tree: more nodes or children than there are blocks");
    }
    tree.nodes.restoreRoom(nodeRoom, childRoom);
    tree.store.restoreRoom(pageRoom, ownerRoom);
  }

  /** The most room an array makes for so many elements as it grows. */
  private static int room(final int elements) {
    return (int) Math.min(Integer.MAX_VALUE, elements + elements / 4L + 8);
  }

  private static LeafLayout readLayout(
      final ImageReader in, final Schema schema, final HoeffdingTreeOptions options) {
    final int classes = schema.classCount();
    final int capacity = in.getIntIn(Math.max(1, classes), 2 * classes + 1, "class capacity");
    final int[] values = in.getInts();
    final int[] visible = in.getInts();
    boolean fits = values.length == schema.featureCount() && visible.length <= values.length;
    for (int f = 0; fits && f < values.length; f++) {
      final int known = schema.features().get(f).values().size();
      fits = values[f] >= known && values[f] <= 2 * known + 1;
    }
    for (int j = 0; fits && j < visible.length; j++) {
      fits = visible[j] > (j == 0 ? -1 : visible[j - 1]) && visible[j] < values.length;
    }
    if (!fits) {
      throw new MalformedImageException("tree: the image belongs to another schema");
    }
    return new LeafLayout(schema, capacity, values, visible, options);
  }

  private static void readPages(
      final TreeCore tree,
      final BlockDirectory directory,
      final IntFunction<ImageReader> blocks,
      final int nodes,
      final int places,
      final int slots) {
    final int[] blockOf = new int[directory.blockCount()];
    for (int type = NODES; type <= STATISTICS; type++) {
      int pages = 0;
      for (int block = 1; block < directory.blockCount(); block++) {
        if (directory.typeOfBlock(block) == type) {
          blockOf[directory.pageOfBlock(block)] = block;
          pages++;
        }
      }
      for (int page = 0; page < pages; page++) {
        final ImageReader in = blocks.apply(blockOf[page]);
        in.checkSeal();
        in.begin(KINDS[type], VERSION);
        switch (type) {
          case NODES -> tree.nodes.readNodes(in, nodes);
          case CHILDREN -> tree.nodes.readChildren(in, places);
          default -> tree.store.readPage(in, slots);
        }
        in.end();
      }
    }
  }

  /** What an image was read into. */
  record Loaded(TreeCore tree, BlockDirectory directory) {}
}
