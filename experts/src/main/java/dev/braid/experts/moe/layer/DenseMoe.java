package dev.braid.experts.moe.layer;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.ChunkStore;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.List;

/**
 * A layer of experts, each a small network of its own, behind a gate: predicts a batch with the
 * weights before it, then learns from those of its rows that have labels, in one pass forward.
 *
 * <ul>
 *   <li>Deterministic: the same weights and the same batches give the same bits on the same machine
 *       and backend. In plain Java they are the same on every machine; between backends and between
 *       processor types results differ by rounding.
 *   <li>Neither the rows' order in a batch nor the capacity of the batch has a meaning, but where
 *       batches begin and end has: it decides which weights predict a row.
 *   <li>State: {@link Part}. Chunk 0 is the gate, chunk 1 + e is expert e; an expert that no
 *       labelled row was sent to stays clean.
 *   <li>Should a device fail, the CPU takes over from the weights that the host has, learns again
 *       what came since, and goes on; only the log and {@link #backend} tell.
 *   <li>Used by one thread at a time.
 * </ul>
 */
public interface DenseMoe extends Part, AutoCloseable {

  /**
   * Opens a new layer with random weights.
   *
   * @throws IllegalStateException if the options demand a backend that this machine lacks
   */
  static DenseMoe open(final DenseMoeSpec spec, final DenseOptions options) {
    return new DenseLayer(MoeState.create(spec), options);
  }

  /**
   * Reads a layer back. Its backend may be another than that which wrote it.
   *
   * @param chunks all of its chunks, in order
   * @throws MalformedImageException if they are not a layer's chunks
   */
  static DenseMoe read(final List<ImageReader> chunks, final DenseOptions options) {
    return new DenseLayer(MoeState.read(chunks), options);
  }

  /**
   * Opens a new layer with random weights, some of whose experts may be in the store alone.
   *
   * @param store has nothing of a layer yet; keeps its number of a chunk, as {@link #writeChunk}
   */
  static DenseMoe open(
      final DenseMoeSpec spec, final DenseOptions options, final ChunkStore store) {
    return new DenseLayer(MoeState.create(spec, store, options.expertMemory()), options);
  }

  /**
   * Resumes a layer from where its chunks lie. Experts are read as far as memory allows, the others
   * when they are wanted.
   *
   * @param store has all chunks of the layer
   * @throws MalformedImageException if they are not a layer's chunks; for the experts that are not
   *     read at once, when they are
   */
  static DenseMoe resume(final ChunkStore store, final DenseOptions options) {
    return new DenseLayer(MoeState.read(store), options);
  }

  /** Shape, gate and learning rate. */
  DenseMoeSpec spec();

  /**
   * Begins a step. At most two batches may be under way; they are carried out in the order in which
   * they were submitted. The batch belongs to the layer until it has been awaited.
   *
   * @param batch made for this layer's spec, with no more capacity than the options allow
   */
  void submit(DenseBatch batch);

  /**
   * Waits until the batch's probabilities, those of its experts and load are there. Batches are
   * awaited in the order in which they were submitted.
   */
  void await(DenseBatch batch);

  /** Predicts a batch, then learns from its labelled rows. */
  default void step(final DenseBatch batch) {
    submit(batch);
    await(batch);
  }

  /**
   * This layer with more inputs or classes; what is new has weight 0. This one is closed.
   *
   * @param inputs as many as now or more
   * @param classes as many as now or more
   */
  DenseMoe grow(int inputs, int classes);

  /** Called when one chunk has been saved. */
  void markClean(int chunk);

  /** What computes, and, where a device was wanted and does not, why, in words for people. */
  String backend();

  /** Host bytes of weights, moments and work space, an estimate within a few per cent. */
  long sizeBytes();

  /** Experts at rest, and how often they were at hand. */
  RestFigures rest();

  /** Whether an expert is at rest. Where a device computes, its steps are waited for. */
  boolean isResting(int expert);

  /** Which experts are in memory, and how often those were that were asked. */
  MemoryFigures memory();

  /** Device bytes held, 0 where there is no device. */
  long deviceBytes();

  /** Gives back what the backend holds; the layer is of no use after it. */
  @Override
  void close();
}
