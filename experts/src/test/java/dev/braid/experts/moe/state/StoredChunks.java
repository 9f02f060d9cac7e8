package dev.braid.experts.moe.state;

import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.state.image.ImageWriter;
import java.util.HashMap;
import java.util.Map;

/** Chunks in a map, and how often they were asked for. */
public final class StoredChunks implements ChunkStore {
  public final Map<Integer, byte[]> images = new HashMap<>();
  public int reads;

  @Override
  public byte[] read(final int chunk) {
    reads++;
    return images.get(chunk);
  }

  @Override
  public void write(final int chunk, final byte[] image) {
    images.put(chunk, image);
  }

  /** As a checkpoint does. */
  public void save(final DenseMoe layer) {
    for (int b = 0; b < layer.chunkCount(); b++) {
      if (layer.isDirty(b)) {
        final ImageWriter out = new ImageWriter();
        layer.writeChunk(b, out);
        write(b, out.toByteArray());
      }
    }
    layer.markClean();
  }
}
