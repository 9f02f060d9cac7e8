package dev.braid.experts.tree;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/** The children of all splits in one array: a split has a run of places, one for each branch. */
final class ChildTable {
  /** Places per page, the unit in which changes are tracked. */
  private static final int PAGE_SHIFT = 9;

  private int[] children = new int[4];
  private boolean[] dirty = {true};
  private int end;

  /** Places handed out so far, those given up among them. */
  int end() {
    return end;
  }

  /** Places there is room for. */
  int room() {
    return children.length;
  }

  void setRoom(final int room) {
    children = Arrays.copyOf(children, room);
    dirty = Arrays.copyOf(dirty, pages(room));
  }

  int child(final int place) {
    return children[place];
  }

  void setChild(final int place, final int child) {
    children[place] = child;
    dirty[place >> PAGE_SHIFT] = true;
  }

  /** Takes a run of empty places; returns the first. */
  int take(final int places) {
    final int first = end;
    end += places;
    if (end > children.length) {
      setRoom(roomFor(end));
    }
    Arrays.fill(children, first, end, NodeTable.NONE);
    if (places > 0) {
      Arrays.fill(dirty, first >> PAGE_SHIFT, pages(end), true);
    }
    return first;
  }

  /** Copies a run of places to the first ones of another. */
  void copy(final int from, final int to, final int places) {
    System.arraycopy(children, from, children, to, places);
  }

  /** Whether so many places given up are most of it, and worth to be closed. */
  boolean isMostlyUnused(final int unused) {
    return unused > Math.max(end / 2, 1 << PAGE_SHIFT);
  }

  /** The places of this table, which then is empty. */
  int[] takeAll() {
    final int[] all = children;
    children = new int[4];
    dirty = new boolean[] {true};
    end = 0;
    return all;
  }

  /** Takes places with children; returns the first. */
  int add(final int[] from, final int first, final int places) {
    final int at = take(places);
    System.arraycopy(from, first, children, at, places);
    return at;
  }

  int pages() {
    return pages(end);
  }

  static int pages(final int places) {
    return (places + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT;
  }

  boolean isDirty(final int page) {
    return dirty[page];
  }

  void markClean() {
    Arrays.fill(dirty, false);
  }

  void touchAll() {
    Arrays.fill(dirty, true);
  }

  void write(final int page, final ImageWriter out) {
    final int from = page << PAGE_SHIFT;
    out.putInts(children, from, Math.min(end - from, 1 << PAGE_SHIFT));
  }

  /** Takes the next page, of {@code total} places in all. */
  void read(final ImageReader in, final int total) {
    final int places = Math.min(total - end, 1 << PAGE_SHIFT);
    final int first = take(places);
    in.getInts(children, first, places);
  }

  private int roomFor(final int places) {
    return Math.max(places, children.length + children.length / 4 + 1);
  }

  /** Bytes that so many more places would take, beyond those already taken. */
  long bytesToTake(final int places) {
    return end + places > children.length ? 5L * (roomFor(end + places) - children.length) : 0;
  }

  long sizeBytes() {
    return 24 + 2 * 16 + 4L * children.length + dirty.length;
  }
}
