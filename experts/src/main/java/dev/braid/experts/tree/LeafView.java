package dev.braid.experts.tree;

/** One leaf's statistics, found in the store: a cursor that is moved from leaf to leaf. */
final class LeafView {
  private final LeafLayout layout;
  private final int[] ownFeatures;
  private final int[] ownOffsets;

  /** Features the leaf observes, ascending, and where their statistics start in the page. */
  int[] features;

  int count;
  double[] page;
  private int[] offsets;
  private int base;

  LeafView(final LeafLayout layout) {
    this.layout = layout;
    features = layout.visible;
    offsets = layout.offsets;
    count = layout.observed;
    ownFeatures = new int[layout.hasLeafSubspaces() ? layout.observed : 0];
    ownOffsets = new int[ownFeatures.length];
  }

  /** Moves to the leaf with that slot. */
  LeafView at(final StatisticsStore store, final int slot) {
    page = store.page(slot);
    base = store.offset(slot);
    if (ownFeatures.length > 0) {
      int at = layout.marks;
      for (int j = 0; j < count; j++) {
        ownFeatures[j] = (int) page[base + j];
        ownOffsets[j] = at;
        at += layout.size(ownFeatures[j]);
      }
      features = ownFeatures;
      offsets = ownOffsets;
    }
    return this;
  }

  /** Where the leaf's slot starts in the page. */
  int base() {
    return base;
  }

  int relativeOffset(final int j) {
    return offsets[j];
  }

  int offset(final int j) {
    return base + offsets[j];
  }

  /** Whether the leaf no longer observes the j-th of its features. */
  boolean stopped(final int j) {
    return layout.marks > 0 && !layout.hasLeafSubspaces() && page[base + j] != 0.0;
  }

  void stop(final int j) {
    page[base + j] = 1.0;
  }

  /** Sets the subspace of a new leaf. */
  void setFeatures(final int[] chosen) {
    for (int j = 0; j < chosen.length; j++) {
      page[base + j] = chosen[j];
    }
  }

  long sizeBytes() {
    return 48 + 2 * 16 + 8L * ownFeatures.length;
  }
}
