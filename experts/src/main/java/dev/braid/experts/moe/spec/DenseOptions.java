package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.rest.Recent;
import java.util.Objects;

/**
 * Where and how a layer computes. Nothing here is part of the layer's state.
 *
 * @param backend what is to compute
 * @param maxRows largest capacity of a batch
 * @param precision of the products on a device; the CPU computes in 32 bits whatever it says
 * @param device index of the CUDA device
 * @param deviceBytes most device memory to take
 * @param journal batches that are kept so that the CPU can take over from a device that fails;
 *     after so many the weights are copied to the host
 * @param unpacked experts at {@link RestSpec} that the CPU keeps unpacked, in 32 bits
 * @param exact whether OpenBLAS is to compute rows such that each gives the same bits however many
 *     come with it, which costs up to a third of the pass forward; plain Java always does, and a
 *     device does not
 * @param expertMemory most bytes of experts' weights and moments to hold in the host's memory; the
 *     others are in the layer's store, and where it has none all are held
 * @param forecast which experts are held and read ahead where not all are
 */
public record DenseOptions(
    BackendChoice backend,
    int maxRows,
    Precision precision,
    int device,
    long deviceBytes,
    int journal,
    int unpacked,
    boolean exact,
    long expertMemory,
    Forecast forecast) {

  /** Batches kept by default. */
  public static final int DEFAULT_JOURNAL = 64;

  /** Experts at rest kept at hand by default. */
  public static final int DEFAULT_UNPACKED = 2;

  /** What is to compute. */
  public enum BackendChoice {
    /**
     * A CUDA device where there is one and the layer is large enough for it to pay; else OpenBLAS
     * where it is on the class path and loads; else plain Java.
     */
    AUTO,
    /** A CUDA device, or no opening; should it fail later, the CPU takes over. */
    CUDA,
    /** OpenBLAS, or no opening. */
    OPENBLAS,
    /** Plain Java: slower, and the same bits on every machine. */
    JAVA
  }

  public DenseOptions {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(forecast, "forecast");
    atLeast(1, maxRows, "rows in a batch");
    atLeast(0, device, "as a device's index");
    atLeast(1, journal, "batches in the journal");
    atLeast(0, unpacked, "unpacked experts");
    if (expertMemory < 0) {
      throw new IllegalArgumentException("memory of " + expertMemory + " bytes for experts");
    }
    if (deviceBytes < 0) {
      throw new IllegalArgumentException("device memory of " + deviceBytes + " bytes");
    }
  }

  /** A backend with 32-bit products, on the first device, with all the memory that is free. */
  public DenseOptions(final BackendChoice backend, final int maxRows) {
    this(
        backend,
        maxRows,
        Precision.FP32,
        0,
        Long.MAX_VALUE,
        DEFAULT_JOURNAL,
        DEFAULT_UNPACKED,
        false,
        Long.MAX_VALUE,
        Recent.DEFAULT);
  }

  /** The same with another precision. */
  public DenseOptions with(final Precision other) {
    return new DenseOptions(
        backend,
        maxRows,
        other,
        device,
        deviceBytes,
        journal,
        unpacked,
        exact,
        expertMemory,
        forecast);
  }

  /** The same on another device, or with another bound on its memory. */
  public DenseOptions on(final int otherDevice, final long mostBytes) {
    return new DenseOptions(
        backend,
        maxRows,
        precision,
        otherDevice,
        mostBytes,
        journal,
        unpacked,
        exact,
        expertMemory,
        forecast);
  }

  /** The same with another number of experts at rest kept at hand. */
  public DenseOptions withUnpacked(final int experts) {
    return new DenseOptions(
        backend,
        maxRows,
        precision,
        device,
        deviceBytes,
        journal,
        experts,
        exact,
        expertMemory,
        forecast);
  }

  /** The same with rows that do not depend on how many come with them, or without. */
  public DenseOptions withExact(final boolean whether) {
    return new DenseOptions(
        backend,
        maxRows,
        precision,
        device,
        deviceBytes,
        journal,
        unpacked,
        whether,
        expertMemory,
        forecast);
  }

  /** The same with a bound on the memory of experts. */
  public DenseOptions withExpertMemory(final long bytes) {
    return new DenseOptions(
        backend,
        maxRows,
        precision,
        device,
        deviceBytes,
        journal,
        unpacked,
        exact,
        bytes,
        forecast);
  }

  /** The same with another forecast of the experts that are asked next. */
  public DenseOptions with(final Forecast other) {
    return new DenseOptions(
        backend,
        maxRows,
        precision,
        device,
        deviceBytes,
        journal,
        unpacked,
        exact,
        expertMemory,
        other);
  }

  private static void atLeast(final int least, final int value, final String what) {
    if (value < least) {
      throw new IllegalArgumentException(value + " " + what + ", at least " + least);
    }
  }
}
