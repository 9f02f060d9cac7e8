package dev.braid.experts.tree;

import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * The nodes of a tree in two flat arrays, and their children in a third. Node numbers never change
 * while a node lives; free ones are used again.
 *
 * <p>Links and numbers are those of {@link NodeArrays}.
 */
final class NodeTable extends NodeArrays {
  /** Kinds of node. What comes after {@link #INACTIVE} is a split. */
  static final int FREE = 0;

  static final int ACTIVE = 1;
  static final int INACTIVE = 2;
  static final int NUMERIC_SPLIT = 3;
  static final int VALUE_SPLIT = 4;
  static final int MULTIWAY_SPLIT = 5;

  private static final int KIND = 0;
  private static final int FEATURE = 1;
  private static final int FIRST_CHILD = 2;
  private static final int BRANCHES = 3;
  private static final int SLOT = 4;

  private ChildTable children = new ChildTable();
  private int firstFree = NONE;
  private int free;
  private int unusedPlaces;

  NodeTable(final int classCapacity) {
    super(classCapacity);
  }

  /** Nodes that are not free. */
  int inUse() {
    return count - free;
  }

  /** Where the children of splits are. */
  ChildTable children() {
    return children;
  }

  /** The same nodes with room for more classes. */
  NodeTable withClassCapacity(final int capacity) {
    final NodeTable wider = new NodeTable(capacity);
    wider.links = links;
    wider.numbers = new double[links.length / LINKS * wider.stride];
    for (int node = 0; node < count; node++) {
      System.arraycopy(numbers, node * stride, wider.numbers, node * wider.stride, stride);
    }
    wider.children = children;
    wider.dirty = dirty;
    Arrays.fill(dirty, true);
    children.touchAll();
    wider.count = count;
    wider.firstFree = firstFree;
    wider.free = free;
    wider.unusedPlaces = unusedPlaces;
    return wider;
  }

  /** A new active leaf without statistics. */
  int allocate() {
    final int node;
    if (firstFree == NONE) {
      node = count++;
      ensureNodes(count);
    } else {
      node = firstFree;
      firstFree = links[node * LINKS + FIRST_CHILD];
      free--;
    }
    Arrays.fill(numbers, node * stride, (node + 1) * stride, 0.0);
    final int at = node * LINKS;
    links[at + KIND] = ACTIVE;
    links[at + FEATURE] = NONE;
    links[at + FIRST_CHILD] = 0;
    links[at + BRANCHES] = 0;
    links[at + SLOT] = NONE;
    links[at + CLASSES] = 0;
    renewPromise(node);
    touch(node);
    return node;
  }

  void release(final int node) {
    unusedPlaces += branches(node);
    links[node * LINKS + KIND] = FREE;
    links[node * LINKS + BRANCHES] = 0;
    links[node * LINKS + SLOT] = NONE;
    links[node * LINKS + FIRST_CHILD] = firstFree;
    firstFree = node;
    free++;
    touch(node);
  }

  /** Makes the room of a tree read from an image what it was when the image was written. */
  void restoreRoom(final int nodeRoom, final int childRoom) {
    setNodeRoom(nodeRoom);
    children.setRoom(childRoom);
  }

  int kind(final int node) {
    return links[node * LINKS + KIND];
  }

  boolean isSplit(final int node) {
    return kind(node) > INACTIVE;
  }

  int feature(final int node) {
    return links[node * LINKS + FEATURE];
  }

  double value(final int node) {
    return numbers[node * stride + VALUE];
  }

  int branches(final int node) {
    return links[node * LINKS + BRANCHES];
  }

  int child(final int node, final int branch) {
    return children.child(links[node * LINKS + FIRST_CHILD] + branch);
  }

  int slot(final int node) {
    return links[node * LINKS + SLOT];
  }

  void setSlot(final int node, final int slot) {
    links[node * LINKS + SLOT] = slot;
    touch(node);
  }

  void deactivate(final int node) {
    links[node * LINKS + KIND] = INACTIVE;
    touch(node);
  }

  /** Makes an inactive leaf start anew with the class weights it has. */
  void activate(final int node) {
    links[node * LINKS + KIND] = ACTIVE;
    startAnew(node);
  }

  /** Makes a leaf a split with {@code places} places for children, all empty. */
  void split(
      final int node, final int kind, final int feature, final double value, final int places) {
    reclaimPlaces();
    final int at = node * LINKS;
    links[at + KIND] = kind;
    links[at + FEATURE] = feature;
    links[at + FIRST_CHILD] = children.take(places);
    links[at + BRANCHES] = places;
    numbers[node * stride + VALUE] = value;
    touch(node);
  }

  void setChild(final int node, final int branch, final int child) {
    final int at = node * LINKS;
    if (branch >= links[at + BRANCHES]) {
      final int old = links[at + FIRST_CHILD];
      final int oldPlaces = links[at + BRANCHES];
      final int places = grown(oldPlaces, branch + 1);
      final int first = children.take(places);
      children.copy(old, first, oldPlaces);
      unusedPlaces += oldPlaces;
      links[at + FIRST_CHILD] = first;
      links[at + BRANCHES] = places;
      touch(node);
    }
    children.setChild(links[at + FIRST_CHILD] + branch, child);
  }

  /** Closes the gaps among the children once they are most of it. */
  private void reclaimPlaces() {
    if (!children.isMostlyUnused(unusedPlaces)) {
      return;
    }
    final int[] all = children.takeAll();
    for (int node = 0; node < count; node++) {
      if (isSplit(node)) {
        final int at = node * LINKS + FIRST_CHILD;
        links[at] = children.add(all, links[at], branches(node));
        touch(node);
      }
    }
    unusedPlaces = 0;
  }

  void markClean() {
    Arrays.fill(dirty, false);
    children.markClean();
  }

  /** Whether the places of a split read from an image lie among the children. */
  boolean hasPlaces(final int node) {
    final int first = links[node * LINKS + FIRST_CHILD];
    return first >= 0 && branches(node) >= 0 && (long) first + branches(node) <= children.end();
  }

  /** Takes back the chain of free nodes of an image; it must hold all nodes not in use. */
  void restoreFree(final int first, final boolean[] used) {
    firstFree = first;
    free = 0;
    unusedPlaces = children.end();
    int inUse = 0;
    for (int node = 0; node < count; node++) {
      if (used[node]) {
        inUse++;
        unusedPlaces -= isSplit(node) ? branches(node) : 0;
      }
    }
    for (int node = first; node != NONE; node = links[node * LINKS + FIRST_CHILD]) {
      if (node < 0 || node >= count || used[node] || kind(node) != FREE || free == count) {
        throw new MalformedImageException("tree: node " + node + " is not free");
      }
      free++;
    }
    if (free + inUse != count || unusedPlaces < 0) {
      throw new MalformedImageException("tree: nodes or children belong to nothing");
    }
  }

  int firstFree() {
    return firstFree;
  }

  /** Bytes that a split with so many children would take, beyond those already taken. */
  long bytesToSplit(final int places) {
    final int nodes = nodeRoom();
    final int moreNodes = count + places > nodes ? grown(nodes, count + places) - nodes : 0;
    return moreNodes * bytesPerNode() + children.bytesToTake(places);
  }

  @Override
  long sizeBytes() {
    return 40 + super.sizeBytes() + children.sizeBytes();
  }
}
