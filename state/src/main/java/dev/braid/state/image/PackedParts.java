package dev.braid.state.image;

import java.util.List;

/**
 * All chunks of a model in one run of bytes.
 *
 * <pre>
 * int[]   number of chunks of each part
 * int     bytes of all chunks
 * per chunk, in order of parts and chunks
 *   int   bytes of the chunk
 *   bytes
 * </pre>
 */
public final class PackedParts implements SavedParts {
  private final int[] chunkCounts;

  /** Of each part, the index of its first chunk. */
  private final int[] firstChunks;

  /** Of each chunk, where it starts in the bytes and how many it has. */
  private final int[] starts;

  private final int[] lengths;
  private final ImageReader bytes;

  private PackedParts(
      final int[] chunkCounts,
      final int[] firstChunks,
      final int[] starts,
      final int[] lengths,
      final ImageReader bytes) {
    this.chunkCounts = chunkCounts;
    this.firstChunks = firstChunks;
    this.starts = starts;
    this.lengths = lengths;
    this.bytes = bytes;
  }

  /**
   * Writes all chunks, dirty or not.
   *
   * @param mostBytes of the chunks
   * @return whether they fit; if not, nothing is written
   */
  public static boolean write(final List<Part> parts, final int mostBytes, final ImageWriter out) {
    final int from = out.size();
    final int[] counts = new int[parts.size()];
    for (int p = 0; p < counts.length; p++) {
      counts[p] = parts.get(p).chunkCount();
    }
    out.putInts(counts, counts.length).putInt(0);
    final int first = out.size();
    for (int p = 0; p < counts.length; p++) {
      for (int b = 0; b < counts[p]; b++) {
        final int start = out.putInt(0).size();
        parts.get(p).writeChunk(b, out);
        out.setInt(start - Integer.BYTES, out.size() - start);
        if (out.size() - first > mostBytes) {
          out.cutBack(from);
          return false;
        }
      }
    }
    out.setInt(first - Integer.BYTES, out.size() - first);
    return true;
  }

  /**
   * Reads what {@link #write} wrote; the chunks stay where they are in the image.
   *
   * @throws MalformedImageException if the bytes are not packed parts
   */
  public static PackedParts read(final ImageReader in) {
    final int[] counts = in.getInts();
    final int[] firsts = new int[counts.length];
    final int all = in.getInt();
    final ImageReader bytes = in.part(0, all);
    in.skipBytes(all);
    int chunks = 0;
    for (int p = 0; p < counts.length; p++) {
      firsts[p] = chunks;
      if (counts[p] < 1 || counts[p] > all / Integer.BYTES - chunks) {
        throw new MalformedImageException(counts[p] + " chunks of a part in " + all + " bytes");
      }
      chunks += counts[p];
    }
    final int[] starts = new int[chunks];
    final int[] lengths = new int[chunks];
    final ImageReader each = bytes.part(0, all);
    for (int b = 0; b < chunks; b++) {
      lengths[b] = each.getInt();
      starts[b] = all - each.remaining();
      each.skipBytes(lengths[b]);
    }
    each.end();
    return new PackedParts(counts, firsts, starts, lengths, bytes);
  }

  /** Writes again what was read. */
  public void write(final ImageWriter out) {
    out.putInts(chunkCounts, chunkCounts.length).putBytes(bytes.rest());
  }

  /** Parts there are. */
  public int partCount() {
    return chunkCounts.length;
  }

  @Override
  public int chunkCount(final int part) {
    check(part);
    return chunkCounts[part];
  }

  @Override
  public ImageReader chunk(final int part, final int chunk) {
    check(part);
    if (chunk >= chunkCounts[part]) {
      throw new MalformedImageException(
          "chunk " + chunk + " of part " + part + " is missing from the model's state");
    }
    final int b = firstChunks[part] + chunk;
    return bytes.part(starts[b], lengths[b]);
  }

  private void check(final int part) {
    if (part >= chunkCounts.length) {
      throw new MalformedImageException("part " + part + " is missing from the model's state");
    }
  }
}
