package dev.braid.experts.tree.model;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The nodes of a model tree by number, node 0 its root. Saved in pages of {@link #PAGE} nodes, of
 * which only those that changed are written again.
 */
final class Nodes {
  private static final int PAGE = 8;

  private final List<Node> nodes = new ArrayList<>();

  Node get(final int at) {
    return nodes.get(at);
  }

  /** Numbers given out, free ones among them. */
  int size() {
    return nodes.size();
  }

  /** Takes a node in, at the lowest number that is free. */
  int add(final Node node) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) == null) {
        nodes.set(i, node);
        return i;
      }
    }
    nodes.add(node);
    return nodes.size() - 1;
  }

  /** Puts a node in the place of another. */
  void set(final int at, final Node node) {
    node.dirty = true;
    nodes.set(at, node);
  }

  /** Frees a number. The page is written again with the node that is changed at the same time. */
  void free(final int at) {
    nodes.set(at, null);
    touched = true;
  }

  /** Whether a node was freed since the nodes were saved: then all pages count as changed. */
  private boolean touched = true;

  int pages() {
    return (nodes.size() + PAGE - 1) / PAGE;
  }

  boolean isDirty(final int page) {
    if (touched) {
      return true;
    }
    for (int i = page * PAGE; i < Math.min(nodes.size(), (page + 1) * PAGE); i++) {
      if (nodes.get(i) != null && nodes.get(i).dirty) {
        return true;
      }
    }
    return false;
  }

  void markClean() {
    touched = false;
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) != null) {
        nodes.get(i).dirty = false;
      }
    }
  }

  void writePage(final int page, final ImageWriter out) {
    for (int i = page * PAGE; i < Math.min(nodes.size(), (page + 1) * PAGE); i++) {
      final Node node = nodes.get(i);
      out.putBoolean(node != null);
      if (node != null) {
        node.write(out);
      }
    }
  }

  /** Reads as many nodes as there were, from pages that begin with chunk {@code first}. */
  static Nodes read(
      final int size,
      final int features,
      final int inputs,
      final int first,
      final IntFunction<ImageReader> chunks) {
    final Nodes read = new Nodes();
    for (int page = 0; page * PAGE < size; page++) {
      final ImageReader in = chunks.apply(first + page);
      for (int i = page * PAGE; i < Math.min(size, (page + 1) * PAGE); i++) {
        read.nodes.add(in.getBoolean() ? Node.read(in, features, inputs) : null);
      }
      in.end();
    }
    read.check();
    read.touched = false;
    return read;
  }

  /** Every node is the root, a child or an alternate, of one node alone. */
  private void check() {
    final boolean[] met = new boolean[nodes.size()];
    if (nodes.isEmpty() || !meet(0, met)) {
      throw new MalformedImageException("the nodes of a model tree are no tree");
    }
    for (int i = 0; i < met.length; i++) {
      if (!met[i] && nodes.get(i) != null) {
        throw new MalformedImageException("node " + i + " of a model tree hangs on no other");
      }
    }
  }

  private boolean meet(final int root, final boolean[] met) {
    final List<Integer> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      final int at = open.remove(open.size() - 1);
      if (at == Node.NONE) {
        continue;
      }
      if (at >= met.length || met[at] || nodes.get(at) == null) {
        return false;
      }
      met[at] = true;
      final Node node = nodes.get(at);
      open.add(node.left);
      open.add(node.right);
      open.add(node.alternate);
    }
    return true;
  }

  long sizeBytes() {
    long bytes = 64;
    for (int i = 0; i < nodes.size(); i++) {
      bytes += 8 + (nodes.get(i) == null ? 0 : nodes.get(i).sizeBytes());
    }
    return bytes;
  }
}
