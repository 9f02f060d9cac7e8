package dev.braid.experts.moe.life;

/**
 * Parts of as many units each, such that those of a part have strong ties to one another: grown
 * greedily, then mended by exchanging pairs of units (Kernighan and Lin 1970) as long as that
 * helps.
 */
final class Partition {
  /** Rounds of exchanges at most. */
  private static final int ROUNDS = 8;

  private final double[][] tie;
  private final int[] owner;

  private Partition(final double[][] tie, final int[] owner) {
    this.tie = tie;
    this.owner = owner;
  }

  /**
   * Deals out the units whose owner is below 0.
   *
   * @param tie of two units, symmetric
   * @param each units of a part at most
   * @param order of a unit: a part begins with the one of the lowest that is left
   */
  static void deal(
      final double[][] tie,
      final int[] owner,
      final int parts,
      final int each,
      final double[] order) {
    final Partition partition = new Partition(tie, owner);
    for (int part = 0; part < parts; part++) {
      partition.grow(part, each, order);
    }
    boolean helped = true;
    for (int round = 0; helped && round < ROUNDS; round++) {
      helped = partition.exchange(parts);
    }
  }

  private void grow(final int part, final int each, final double[] order) {
    int next = -1;
    for (int u = 0; u < owner.length; u++) {
      next = owner[u] < 0 && (next < 0 || order[u] < order[next]) ? u : next;
    }
    for (int n = 0; next >= 0 && n < each; n++) {
      owner[next] = part;
      next = -1;
      double most = 0;
      for (int u = 0; u < owner.length; u++) {
        if (owner[u] < 0 && (next < 0 || ties(u, part) > most)) {
          next = u;
          most = ties(u, part);
        }
      }
    }
  }

  private double ties(final int unit, final int part) {
    double sum = 0;
    for (int u = 0; u < owner.length; u++) {
      sum += owner[u] == part && u != unit ? tie[unit][u] : 0;
    }
    return sum;
  }

  /** Whether an exchange of two units helped. */
  private boolean exchange(final int parts) {
    boolean helped = false;
    for (int a = 0; a < owner.length; a++) {
      for (int b = a + 1; b < owner.length; b++) {
        final int of = owner[a];
        final int with = owner[b];
        if (of == with || of >= parts || with >= parts) {
          continue;
        }
        final double gain =
            ties(a, with) - ties(a, of) + ties(b, of) - ties(b, with) - 2 * tie[a][b];
        if (gain > 1e-9) {
          owner[a] = with;
          owner[b] = of;
          helped = true;
        }
      }
    }
    return helped;
  }
}
