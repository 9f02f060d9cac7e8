package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.function.IntFunction;

/**
 * A tree as numbered chunks of a few kilobytes: a leaf that learned makes the page of its node and
 * the page of its statistics dirty, and the header.
 *
 * <pre>
 * chunk 0
 *   the options in the order of {@link HoeffdingTreeOptions}, enums by their code
 *   int       class capacity
 *   int[]     value capacity of each feature; features the tree sees
 *   int       root or -1, first free node or -1, nodes, places for children
 *   boolean   growth allowed
 *   int       nodes and children there is room for
 *   int       slots of leaves, and pages and owners there is room for; the same of rows, and of
 *             each size of table
 *   long      splits, random state
 *   int[]     for each further chunk, type &lt;&lt; 26 | page
 *   what the extension adds
 * nodes (type 0): 32 nodes from 32 * page
 *   columns   links as in {@link NodeTable}, each one more than it is
 *   columns   numbers as in {@link NodeTable}
 * children (type 1): 512 places from 512 * page
 *   int[]     node or -1
 * extension (type 2): as the extension says
 * statistics (types 3 slots of leaves, 4 rows, 5 ... sizes of table):
 * slots from slots per page * page
 *   int[]     owner of each: a node, the slot of a leaf, a row
 *   column    slots as in {@link LeafLayout} and {@link ValueTables}
 * </pre>
 */
final class TreeChunks implements Part {
  private static final int NODES = 0;
  private static final int CHILDREN = 1;
  private static final int EXTENSION = 2;
  private static final int STATISTICS = 3;

  /**
   * Splits up to which a tree is young. There are as many young trees as a stream has keys, so that
   * their columns are made short, as those of all trees in a packed model are. Of a grown one with
   * chunks of its own they are written as they are, which takes a twentieth of the time.
   */
  private static final int YOUNG_SPLITS = 8;

  private static final ImageKind[] KINDS = {
    ImageKind.TREE_NODES,
    ImageKind.TREE_CHILDREN,
    ImageKind.TREE_EXTENSION,
    ImageKind.TREE_STATISTICS
  };

  private final TreeCore tree;
  private final TreeExtension extension;
  private ChunkDirectory directory = new ChunkDirectory();
  private boolean headerDirty = true;
  private int[] pagesNow = {};

  TreeChunks(final TreeCore tree, final TreeExtension extension) {
    this.tree = tree;
    this.extension = extension;
  }

  /** Notes that something in the header has changed. */
  void touchHeader() {
    headerDirty = true;
  }

  private ChunkDirectory current() {
    final StatisticsStore[] stores = tree.store.stores();
    if (pagesNow.length != STATISTICS + stores.length) {
      pagesNow = new int[STATISTICS + stores.length];
    }
    pagesNow[NODES] = tree.nodes.nodePages();
    pagesNow[CHILDREN] = tree.nodes.children().pages();
    pagesNow[EXTENSION] = extension.pages(tree.nodes.count());
    for (int i = 0; i < stores.length; i++) {
      pagesNow[STATISTICS + i] = stores[i].pageCount();
    }
    directory.update(pagesNow);
    return directory;
  }

  private int[] pages(final int nodes, final int places, final int[] slots) {
    final int[] pages = new int[STATISTICS + slots.length];
    pages[NODES] = NodeTable.nodePages(nodes);
    pages[CHILDREN] = ChildTable.pages(places);
    pages[EXTENSION] = extension.pages(nodes);
    for (int i = 0; i < slots.length; i++) {
      pages[STATISTICS + i] = tree.store.stores()[i].pagesFor(slots[i]);
    }
    return pages;
  }

  @Override
  public int chunkCount() {
    return current().chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    if (chunk == 0) {
      return headerDirty;
    }
    final ChunkDirectory now = current();
    final int page = now.pageOfChunk(chunk);
    return now.isMoved(chunk)
        || switch (now.typeOfChunk(chunk)) {
          case NODES -> tree.nodes.isDirty(page);
          case CHILDREN -> tree.nodes.children().isDirty(page);
          case EXTENSION -> extension.isDirty(page);
          default -> store(now.typeOfChunk(chunk)).isDirty(page);
        };
  }

  @Override
  public void markClean() {
    current().markClean();
    tree.nodes.markClean();
    for (final StatisticsStore store : tree.store.stores()) {
      store.markClean();
    }
    extension.markClean();
    headerDirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    final ChunkDirectory now = current();
    if (chunk == 0) {
      writeHeader(now, out);
    } else {
      final int page = now.pageOfChunk(chunk);
      final int type = now.typeOfChunk(chunk);
      final boolean isShort = out.isPacked() || tree.splits <= YOUNG_SPLITS;
      out.begin(kind(type));
      switch (type) {
        case NODES -> tree.nodes.writeNodes(page, isShort, out);
        case CHILDREN -> tree.nodes.children().write(page, out);
        case EXTENSION -> extension.writePage(page, tree.nodes.count(), out);
        default -> store(type).writePage(page, isShort, out);
      }
    }
  }

  private StatisticsStore store(final int type) {
    return tree.store.stores()[type - STATISTICS];
  }

  private static ImageKind kind(final int type) {
    return KINDS[Math.min(type, STATISTICS)];
  }

  private void writeHeader(final ChunkDirectory now, final ImageWriter out) {
    out.begin(ImageKind.TREE);
    tree.options.write(out);
    final LeafLayout layout = tree.layout;
    out.putInt(layout.classCapacity);
    out.putInts(layout.valueCapacity, layout.valueCapacity.length);
    out.putInts(layout.visible, layout.visible.length);
    out.putInt(tree.root)
        .putInt(tree.nodes.firstFree())
        .putInt(tree.nodes.count())
        .putInt(tree.nodes.children().end());
    out.putBoolean(tree.growthAllowed);
    out.putInt(tree.nodes.nodeRoom()).putInt(tree.nodes.children().room());
    for (final StatisticsStore store : tree.store.stores()) {
      out.putInt(store.count()).putInt(store.pageRoom()).putInt(store.ownerRoom());
    }
    out.putLong(tree.splits).putLong(tree.random.state());
    now.write(out);
    extension.writeHeader(out);
  }

  /** Begins to read an image: makes the empty tree that {@link #read} fills. */
  static TreeCore open(final Schema schema, final ImageReader header) {
    header.begin(ImageKind.TREE);
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.read(header);
    return new TreeCore(options, readLayout(header, schema, options));
  }

  /** Reads the rest of the header and all pages into an empty tree and its extension. */
  void read(final ImageReader header, final int chunkCount, final IntFunction<ImageReader> chunks) {
    tree.root = header.getInt();
    final int firstFree = header.getInt();
    final int nodes = header.getIntIn(0, Integer.MAX_VALUE - 31, "number of nodes");
    final int places = header.getIntIn(0, Integer.MAX_VALUE - 511, "number of children");
    tree.growthAllowed = header.getBoolean();
    final int[] slots = readRoom(header, nodes, places);
    tree.splits = header.getLong();
    tree.random.setState(header.getLong());
    directory = ChunkDirectory.read(header, pages(nodes, places, slots));
    extension.readHeader(nodes, room(nodes), header);
    header.end();
    if (directory.chunkCount() != chunkCount) {
      throw new MalformedImageException(
          "tree: " + chunkCount + " chunks instead of " + directory.chunkCount());
    }
    for (int type = NODES; type < STATISTICS + slots.length; type++) {
      final int[] chunkOf = directory.chunksOf(type);
      for (int page = 0; page < chunkOf.length; page++) {
        final ImageReader in = chunks.apply(chunkOf[page]);
        in.begin(kind(type));
        switch (type) {
          case NODES -> tree.nodes.readNodes(in, nodes);
          case CHILDREN -> tree.nodes.children().read(in, places);
          case EXTENSION -> extension.readPage(page, nodes, in);
          default -> store(type).readPage(in, slots[type - STATISTICS]);
        }
        in.end();
      }
    }
    TreeCheck.check(tree, extension, firstFree);
    markClean();
  }

  /** Makes the room of all arrays what it was; returns the number of slots of each store. */
  private int[] readRoom(final ImageReader in, final int nodes, final int places) {
    final int nodeRoom = in.getIntIn(nodes, room(nodes), "room for nodes");
    final int childRoom = in.getIntIn(places, room(places), "room for children");
    checkPages(NodeTable.nodePages(nodes), in);
    checkPages(ChildTable.pages(places), in);
    tree.nodes.restoreRoom(nodeRoom, childRoom);
    final StatisticsStore[] stores = tree.store.stores();
    final int[] slots = new int[stores.length];
    for (int i = 0; i < slots.length; i++) {
      final int most = mostSlots(i, nodes);
      slots[i] = in.getIntIn(0, i == 0 ? nodes : most, "number of slots");
      final int pages = stores[i].pagesFor(slots[i]);
      final int pageRoom = in.getIntIn(pages, room(stores[i].pagesFor(most)), "room for pages");
      final int ownerRoom = in.getIntIn(slots[i], room(most), "room for owners");
      checkPages(pages, in);
      stores[i].restoreRoom(pageRoom, ownerRoom);
    }
    return slots;
  }

  private static void checkPages(final int pages, final ImageReader in) {
    if (pages > in.remaining() / Integer.BYTES) {
      throw new MalformedImageException("tree: more pages than there are chunks");
    }
  }

  /** The most slots that a store of a tree of so many nodes can have had. */
  private int mostSlots(final int store, final int nodes) {
    final LeafLayout layout = tree.layout;
    long most = nodes;
    if (store > 0) {
      most *= layout.classCapacity;
    }
    if (store > 1) {
      most *= layout.observed;
      // A table lies in two stores while it moves to the larger one.
      most++;
    }
    return (int) Math.min(most, Integer.MAX_VALUE - 8);
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
}
