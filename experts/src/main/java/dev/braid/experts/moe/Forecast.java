package dev.braid.experts.moe;

/**
 * Which experts the next batches will probably ask. What is in memory changes no number, so neither
 * does this.
 */
public interface Forecast extends Plugin {

  /**
   * Takes in a batch.
   *
   * @param load rows of each expert, shape [T]
   * @param affinity what the gate thought of them, shape [rows][E]; null where that is on a device
   * @param columns E
   * @param want how much each is expected, shape [T], or [E] where shared ones do not count;
   *     changed by this alone
   */
  void took(int[] load, float[] affinity, int rows, int columns, float[] want);
}
