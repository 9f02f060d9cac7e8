package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What a state backend does: keeps every chunk and rewrites only the dirty ones. A part keeps its
 * chunks where others leave the pool before it.
 */
final class KeptParts implements SavedParts {
  private List<List<byte[]>> parts = new ArrayList<>();
  private IdentityHashMap<Part, List<byte[]>> known = new IdentityHashMap<>();

  void saveDirtyChunks(final Learner learner) {
    final IdentityHashMap<Part, List<byte[]>> live = new IdentityHashMap<>();
    parts = new ArrayList<>();
    for (final Part part : learner.parts()) {
      final List<byte[]> chunks = known.getOrDefault(part, new ArrayList<>());
      save(part, chunks);
      live.put(part, chunks);
      parts.add(chunks);
    }
    known = live;
  }

  private static void save(final Part part, final List<byte[]> chunks) {
    for (int b = 0; b < part.chunkCount(); b++) {
      if (b == chunks.size()) {
        chunks.add(null);
      }
      if (part.isDirty(b)) {
        final ImageWriter out = new ImageWriter();
        part.writeChunk(b, out);
        chunks.set(b, out.toByteArray());
      }
    }
    chunks.subList(part.chunkCount(), chunks.size()).clear();
    part.markClean();
  }

  @Override
  public int chunkCount(final int part) {
    return parts.get(part).size();
  }

  @Override
  public ImageReader chunk(final int part, final int chunk) {
    return new ImageReader(parts.get(part).get(chunk));
  }
}
