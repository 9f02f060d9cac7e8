package dev.braid.experts.moe.layer;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayDeque;

/** A layer over its backend: checks what comes in, and keeps the order of what is under way. */
public final class DenseLayer implements DenseMoe {
  private static final int MOST_UNDER_WAY = 2;

  private final DenseMoeSpec spec;
  private final DenseOptions options;
  private final Backend backend;
  private final ArrayDeque<DenseBatch> underWay = new ArrayDeque<>(MOST_UNDER_WAY);

  public DenseLayer(final MoeState state, final DenseOptions options) {
    this(options, state.spec, Backends.open(state, options));
  }

  /** Over a backend that was opened with these options. */
  public DenseLayer(final DenseOptions options, final DenseMoeSpec spec, final Backend backend) {
    this.spec = spec;
    this.options = options;
    this.backend = backend;
  }

  @Override
  public DenseMoeSpec spec() {
    return spec;
  }

  @Override
  public void submit(final DenseBatch batch) {
    if (!batch.spec().equals(spec)) {
      throw new IllegalArgumentException("the batch was made for another layer");
    }
    if (batch.capacity() > options.maxRows()) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch.capacity()
              + " rows, but this layer was opened for "
              + options.maxRows());
    }
    if (underWay.size() == MOST_UNDER_WAY || underWay.contains(batch)) {
      throw new IllegalStateException(
          underWay.size() + " batches are under way; await the first before submitting more");
    }
    backend.submit(batch);
    underWay.add(batch);
  }

  @Override
  public void await(final DenseBatch batch) {
    if (underWay.peek() != batch) {
      throw new IllegalStateException("batches are awaited in the order they were submitted in");
    }
    backend.await(batch);
    underWay.remove();
  }

  @Override
  public DenseMoe grow(final int inputs, final int classes) {
    if (inputs < spec.inputs() || classes < spec.classes() || !underWay.isEmpty()) {
      throw new IllegalArgumentException(
          "a layer grows between batches, and not to "
              + inputs
              + " inputs and "
              + classes
              + " classes from "
              + spec);
    }
    final MoeState grown = backend.state().grown(inputs, classes);
    backend.close();
    return new DenseLayer(grown, options);
  }

  @Override
  public String backend() {
    return backend.name();
  }

  @Override
  public long sizeBytes() {
    return backend.rest().weightBytes() + backend.workspaceBytes();
  }

  @Override
  public RestFigures rest() {
    return backend.rest();
  }

  @Override
  public boolean isResting(final int expert) {
    return backend.state().resting(expert);
  }

  @Override
  public MemoryFigures memory() {
    return backend.memory();
  }

  @Override
  public long deviceBytes() {
    return backend.deviceBytes();
  }

  @Override
  public int chunkCount() {
    return spec.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return backend.state().weights(chunk).dirty;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    backend.state().writeChunk(chunk, out);
  }

  @Override
  public void markClean(final int chunk) {
    backend.state().weights(chunk).dirty = false;
  }

  @Override
  public void markClean() {
    backend.state().markClean();
  }

  @Override
  public void close() {
    backend.close();
  }
}
