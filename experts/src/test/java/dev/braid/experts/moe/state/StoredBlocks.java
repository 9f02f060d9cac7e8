package dev.braid.experts.moe.state;

import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.state.image.ImageWriter;
import java.util.HashMap;
import java.util.Map;

/** Blocks in a map, and how often they were asked for. */
public final class StoredBlocks implements BlockStore {
  public final Map<Integer, byte[]> images = new HashMap<>();
  public int reads;

  @Override
  public byte[] read(final int block) {
    reads++;
    return images.get(block);
  }

  @Override
  public void write(final int block, final byte[] image) {
    images.put(block, image);
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
