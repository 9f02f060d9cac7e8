package dev.braid.jobs.dense;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.layer.DenseMoe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the metrics, and the log where it matters, what became of a layer since it was looked at
 * last: experts go to rest and wake, leave memory and come back, and a layer whose device fails
 * goes on without one.
 */
final class LayerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LayerWatch.class);

  private final DenseMoe layer;
  private final DenseMetrics metrics;
  private long deviceBytes;
  private RestFigures rest = new RestFigures(0, 0, 0, 0);
  private MemoryFigures memory = MemoryFigures.NONE;

  LayerWatch(final DenseMoe layer, final DenseMetrics metrics) {
    this.layer = layer;
    this.metrics = metrics;
    LOG.info("A dense layer is computed by: {}", layer.backend());
    metrics.opened(layer);
    look();
  }

  void look() {
    final long held = layer.deviceBytes();
    if (held < deviceBytes) {
      LOG.warn("A dense layer lost its device, and is computed by: {}", layer.backend());
    }
    metrics.tookDeviceMemory(held - deviceBytes);
    deviceBytes = held;
    final RestFigures now = layer.rest();
    metrics.rested(rest, now);
    rest = now;
    final MemoryFigures remembered = layer.memory();
    metrics.remembered(memory, remembered);
    memory = remembered;
  }
}
