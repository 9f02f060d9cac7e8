package dev.braid.router;

import dev.braid.image.BlockState;
import dev.braid.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;

/** What a state backend does: keeps every block and rewrites only the dirty ones. */
final class SavedBlocks implements Blocks {
  private final List<List<byte[]>> parts = new ArrayList<>();

  void saveDirtyBlocks(final Learner learner) {
    final List<BlockState> live = learner.parts();
    for (int p = 0; p < live.size(); p++) {
      if (p == parts.size()) {
        parts.add(new ArrayList<>());
      }
      save(live.get(p), parts.get(p));
    }
    parts.subList(live.size(), parts.size()).clear();
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
  public byte[] block(final int part, final int block) {
    return parts.get(part).get(block);
  }
}
