package dev.braid.router;

import dev.braid.state.image.BlockState;
import dev.braid.state.image.Blocks;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What a state backend does: keeps every block and rewrites only the dirty ones. A part keeps its
 * blocks where others leave the pool before it.
 */
final class SavedBlocks implements Blocks {
  private List<List<byte[]>> parts = new ArrayList<>();
  private IdentityHashMap<BlockState, List<byte[]>> known = new IdentityHashMap<>();

  void saveDirtyBlocks(final Learner learner) {
    final IdentityHashMap<BlockState, List<byte[]>> live = new IdentityHashMap<>();
    parts = new ArrayList<>();
    for (final BlockState part : learner.parts()) {
      final List<byte[]> blocks = known.getOrDefault(part, new ArrayList<>());
      save(part, blocks);
      live.put(part, blocks);
      parts.add(blocks);
    }
    known = live;
  }

  private static void save(final BlockState part, final List<byte[]> blocks) {
    for (int b = 0; b < part.blockCount(); b++) {
      if (b == blocks.size()) {
        blocks.add(null);
      }
      if (part.isDirty(b)) {
        final ImageWriter out = new ImageWriter();
        part.writeBlock(b, out);
        blocks.set(b, out.toByteArray());
      }
    }
    blocks.subList(part.blockCount(), blocks.size()).clear();
    part.markClean();
  }

  @Override
  public int blockCount(final int part) {
    return parts.get(part).size();
  }

  @Override
  public ImageReader block(final int part, final int block) {
    return new ImageReader(parts.get(part).get(block));
  }
}
