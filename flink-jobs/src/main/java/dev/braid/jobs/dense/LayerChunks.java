package dev.braid.jobs.dense;

import dev.braid.experts.moe.state.ChunkStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/**
 * The chunks of one layer in keyed state, whatever key is the current one: layers are asked for
 * their predictions at a timer, a watermark or a barrier too. For the task's thread alone.
 */
final class LayerChunks implements ChunkStore {
  private final AbstractStreamOperator<?> operator;
  private final MapState<Integer, byte[]> chunks;
  private final Integer layer;
  private final DenseMetrics metrics;

  /**
   * @param layer the key under which the chunks lie
   */
  LayerChunks(
      final AbstractStreamOperator<?> operator,
      final MapState<Integer, byte[]> chunks,
      final Integer layer,
      final DenseMetrics metrics) {
    this.metrics = metrics;
    this.operator = operator;
    this.chunks = chunks;
    this.layer = layer;
  }

  private interface Access {
    byte[] run() throws Exception;
  }

  @Override
  public byte[] read(final int chunk) {
    final byte[] image = underItsKey(() -> chunks.get(chunk));
    metrics.read(image == null ? 0 : image.length);
    return image;
  }

  @Override
  public void write(final int chunk, final byte[] image) {
    underItsKey(
        () -> {
          chunks.put(chunk, image);
          return image;
        });
    metrics.wrote(image.length);
  }

  private byte[] underItsKey(final Access access) {
    final Object current = operator.getCurrentKey();
    operator.setCurrentKey(layer);
    try {
      return access.run();
    } catch (final Exception failed) {
      throw new UncheckedIOException(
          "the state of dense layer " + layer + " cannot be reached", new IOException(failed));
    } finally {
      if (current != null) {
        operator.setCurrentKey(current);
      }
    }
  }
}
