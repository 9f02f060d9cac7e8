package dev.braid.experts.tree;

import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;
import java.util.Arrays;

/**
 * The nodes of a tree in two flat arrays, and their children in a third. Node numbers never change
 * while a node lives; free ones are used again.
 *
 * <pre>
 * links     per node: kind, feature tested, where its children start, how many places they have,
 *           slot of the statistics or -1, highest class met + 1
 * numbers   per node: value tested, weight at the last split attempt, weight rightly predicted by
 *           majority class and by naive Bayes, then the weight of each class
 * children  node numbers, -1 where a branch has no node yet
 * </pre>
 */
final class NodeTable {
  /** Kinds of node. What comes after {@link #INACTIVE} is a split. */
  static final int FREE = 0;

  static final int ACTIVE = 1;
  static final int INACTIVE = 2;
  static final int NUMERIC_SPLIT = 3;
  static final int VALUE_SPLIT = 4;
  static final int MULTIWAY_SPLIT = 5;

  static final int NONE = -1;

  static final int LINKS = 6;
  static final int NUMBERS = 4;

  private static final int KIND = 0;
  private static final int FEATURE = 1;
  private static final int FIRST_CHILD = 2;
  private static final int BRANCHES = 3;
  private static final int SLOT = 4;
  private static final int CLASSES = 5;

  private static final int VALUE = 0;
  private static final int ATTEMPTED = 1;
  private static final int MAJORITY_RIGHT = 2;
  private static final int BAYES_RIGHT = 3;

  /** Nodes per page, the unit in which changes are tracked. */
  static final int PAGE_SHIFT = 5;

  final int classCapacity;
  final int stride;
  private int[] links;
  private double[] numbers;
  private ChildTable children = new ChildTable();
  private boolean[] dirty = {true};
  private int count;
  private int firstFree = NONE;
  private int free;
  private int unusedPlaces;

  NodeTable(final int classCapacity) {
    this.classCapacity = classCapacity;
    stride = NUMBERS + classCapacity;
    links = new int[4 * LINKS];
    numbers = new double[4 * stride];
  }

  /** Numbers handed out so far, those of free nodes among them. */
  int count() {
    return count;
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

  private void ensureNodes(final int needed) {
    if (needed > nodeRoom()) {
      setNodeRoom(grown(nodeRoom(), needed));
    }
  }

  /** Nodes there is room for; part of the state, since the byte cap sees it. */
  int nodeRoom() {
    return links.length / LINKS;
  }

  /** Makes the room of a tree read from an image what it was when the image was written. */
  void restoreRoom(final int nodeRoom, final int childRoom) {
    setNodeRoom(nodeRoom);
    children.setRoom(childRoom);
  }

  private void setNodeRoom(final int room) {
    links = Arrays.copyOf(links, room * LINKS);
    numbers = Arrays.copyOf(numbers, room * stride);
    dirty = Arrays.copyOf(dirty, nodePages(room));
  }

  private static int grown(final int room, final int needed) {
    return Math.max(needed, room + room / 4 + 1);
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

  /** Highest class met in the node, plus one. */
  int classes(final int node) {
    return links[node * LINKS + CLASSES];
  }

  /** All numbers; those of a node's classes start at {@link #classesAt}. */
  double[] numbers() {
    return numbers;
  }

  int classesAt(final int node) {
    return node * stride + NUMBERS;
  }

  void addWeight(final int node, final int label, final double weight) {
    numbers[classesAt(node) + label] += weight;
    if (label >= links[node * LINKS + CLASSES]) {
      links[node * LINKS + CLASSES] = label + 1;
    }
    touch(node);
  }

  /** Gives a new leaf the class weights that its parent's split leads to expect. */
  void setDistribution(final int node, final double[] weights, final int classes) {
    System.arraycopy(weights, 0, numbers, classesAt(node), classes);
    links[node * LINKS + CLASSES] = classes;
    setAttempted(node, weight(node));
  }

  double weight(final int node) {
    double sum = 0.0;
    final int from = classesAt(node);
    final int to = from + classes(node);
    for (int i = from; i < to; i++) {
      sum += numbers[i];
    }
    return sum;
  }

  /** The first class of the largest weight, or -1 in a node without classes. */
  int majority(final int node) {
    final int from = classesAt(node);
    final int classes = classes(node);
    int best = classes == 0 ? NONE : 0;
    for (int c = 1; c < classes; c++) {
      if (numbers[from + c] > numbers[from + best]) {
        best = c;
      }
    }
    return best;
  }

  boolean isPure(final int node) {
    final int from = classesAt(node);
    int met = 0;
    for (int c = 0; c < classes(node); c++) {
      if (numbers[from + c] != 0.0) {
        met++;
      }
    }
    return met < 2;
  }

  /** Weight that the majority class gets wrong: what there is to gain from a leaf. */
  double promise(final int node) {
    final double weight = weight(node);
    return weight > 0.0 ? weight - numbers[classesAt(node) + majority(node)] : 0.0;
  }

  double attempted(final int node) {
    return numbers[node * stride + ATTEMPTED];
  }

  void setAttempted(final int node, final double weight) {
    numbers[node * stride + ATTEMPTED] = weight;
    touch(node);
  }

  void countRight(
      final int node, final boolean majority, final boolean bayes, final double weight) {
    final int at = node * stride;
    if (majority) {
      numbers[at + MAJORITY_RIGHT] += weight;
    }
    if (bayes) {
      numbers[at + BAYES_RIGHT] += weight;
    }
    touch(node);
  }

  boolean majorityIsBetter(final int node) {
    final int at = node * stride;
    return numbers[at + MAJORITY_RIGHT] > numbers[at + BAYES_RIGHT];
  }

  void deactivate(final int node) {
    links[node * LINKS + KIND] = INACTIVE;
    touch(node);
  }

  /** Makes an inactive leaf start anew with the class weights it has. */
  void activate(final int node) {
    links[node * LINKS + KIND] = ACTIVE;
    numbers[node * stride + MAJORITY_RIGHT] = 0.0;
    numbers[node * stride + BAYES_RIGHT] = 0.0;
    setAttempted(node, weight(node));
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

  void touch(final int node) {
    dirty[node >> PAGE_SHIFT] = true;
  }

  int nodePages() {
    return nodePages(count);
  }

  static int nodePages(final int nodes) {
    return (nodes + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT;
  }

  boolean isDirty(final int page) {
    return dirty[page];
  }

  void markClean() {
    Arrays.fill(dirty, false);
    children.markClean();
  }

  void writeNodes(final int page, final ImageWriter out) {
    final int from = page << PAGE_SHIFT;
    final int nodes = Math.min(count - from, 1 << PAGE_SHIFT);
    out.putInts(links, from * LINKS, nodes * LINKS);
    out.putDoubles(numbers, from * stride, nodes * stride);
  }

  /** Takes the next page of nodes, of {@code total} in all. */
  void readNodes(final ImageReader in, final int total) {
    final int nodes = Math.min(total - count, 1 << PAGE_SHIFT);
    in.getInts(links, count * LINKS, nodes * LINKS);
    in.getDoubles(numbers, count * stride, nodes * stride);
    count += nodes;
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
    return moreNodes * (4L * LINKS + 8L * stride + 1) + children.bytesToTake(places);
  }

  long sizeBytes() {
    return 80
        + 3 * 16
        + 4L * links.length
        + 8L * numbers.length
        + dirty.length
        + children.sizeBytes();
  }
}
