package dev.braid.experts.moe;

/** The newest rows that a layer has learned from, as many as one of its parts asked for. */
public interface RecentRows {

  /** Rows remembered so far. */
  int rows();

  /** The i-th newest one's place in {@link #x} and {@link #labels}; 0 for the newest. */
  int place(int i);

  /** Their inputs, shape [places][inputs]. */
  float[] x();

  /** Their classes, shape [places]. */
  int[] labels();
}
