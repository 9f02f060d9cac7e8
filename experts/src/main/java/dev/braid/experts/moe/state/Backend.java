package dev.braid.experts.moe.state;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;

/** What carries out a layer's steps. Used by one thread at a time. */
public interface Backend extends AutoCloseable {

  /** What it is, for the log. */
  String name();

  /** Begins a step; see {@link DenseMoe#submit}. */
  void submit(DenseBatch batch);

  /** Waits until the batch's results are there. */
  void await(DenseBatch batch);

  /** The weights as they are after all steps submitted; valid until the next one. */
  MoeState state();

  /** Device memory held, 0 where there is no device. */
  long deviceBytes();

  /** Host memory of the weights, and how experts rest; needs nothing of the device. */
  RestFigures rest();

  /** Which experts are in memory; needs nothing of the device. */
  MemoryFigures memory();

  /** Host memory held beside the weights. */
  long workspaceBytes();

  @Override
  void close();
}
