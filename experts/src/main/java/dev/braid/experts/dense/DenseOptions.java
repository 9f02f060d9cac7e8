package dev.braid.experts.dense;

import java.util.Objects;

/**
 * Where and how a layer computes. Nothing here is part of the layer's state.
 *
 * @param backend what is to compute
 * @param maxRows largest capacity of a batch
 */
public record DenseOptions(BackendChoice backend, int maxRows) {

  /** What is to compute. */
  public enum BackendChoice {
    /** OpenBLAS where it is on the class path and loads, else plain Java. */
    AUTO,
    /** OpenBLAS or nothing. */
    OPENBLAS,
    /** Plain Java: slower, and the same bits on every machine. */
    JAVA
  }

  public DenseOptions {
    Objects.requireNonNull(backend, "backend");
    if (maxRows < 1) {
      throw new IllegalArgumentException("batches of at most " + maxRows + " rows");
    }
  }

  /** The fastest backend that works here. */
  public static DenseOptions auto(final int maxRows) {
    return new DenseOptions(BackendChoice.AUTO, maxRows);
  }
}
