package dev.braid.experts;

/**
 * How often an expert changed its structure since it began.
 *
 * @param splits leaves that became inner nodes, in the tree that predicts now
 * @param prunes subtrees that were given up without another in their place
 * @param swaps subtrees, or whole trees, that gave way to younger ones
 */
public record TreeCounts(long splits, long prunes, long swaps) {
  /** Of experts that have no such structure. */
  public static final TreeCounts NONE = new TreeCounts(0, 0, 0);
}
