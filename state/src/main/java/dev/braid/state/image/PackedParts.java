package dev.braid.state.image;

import java.util.List;

/**
 * All chunks of a model in one run of bytes.
 *
 * <pre>
 * int[]   number of chunks of each part
 * int     bytes of all chunks
 * boolean whether these are deflated: {@link DeflatedBytes}; if not
 * per chunk, in order of parts and chunks
 *   int   bytes of the chunk
 *   bytes
 * </pre>
 */
public final class PackedParts implements SavedParts {
  /** Fewer bytes are not deflated: a small model shall be read and written fast. */
  private static final int DEFLATED_FROM = 64 << 10;

  private final int[] chunkCounts;

  /** Of each part, the index of its first chunk. */
  private final int[] firstChunks;

  /** Of each chunk, where it starts in the bytes and how many it has. */
  private final int[] starts;

  private final int[] lengths;
  private final ImageReader bytes;

  /** All as it lies in the image. */
  private final ImageReader image;

  private PackedParts(
      final int[] chunkCounts,
      final int[] firstChunks,
      final int[] starts,
      final int[] lengths,
      final ImageReader bytes,
      final ImageReader image) {
    this.chunkCounts = chunkCounts;
    this.firstChunks = firstChunks;
    this.starts = starts;
    this.lengths = lengths;
    this.bytes = bytes;
    this.image = image;
  }

  /**
   * Writes all chunks, dirty or not, none deflated.
   *
   * @param mostBytes of the chunks
   * @return whether they fit; if not, nothing is written
   */
  public static boolean write(final List<Part> parts, final int mostBytes, final ImageWriter out) {
    final int from = out.size();
    final int[] counts = writeHead(parts, out);
    if (writeChunks(parts, counts, mostBytes, out)) {
      return true;
    }
    out.cutBack(from);
    return false;
  }

  /**
   * Writes all chunks, deflated if they are long: for what is seldom written and read, since either
   * takes longer so.
   */
  public static void writeDeflated(final List<Part> parts, final ImageWriter out) {
    final int[] counts = writeHead(parts, out);
    final int first = out.size();
    final ArrayPlaces arrays = new ArrayPlaces();
    final ArrayPlaces before = out.noteArrays(arrays);
    writeChunks(parts, counts, Integer.MAX_VALUE, out);
    out.noteArrays(before);
    if (out.size() - first >= DEFLATED_FROM) {
      final byte[] chunks = out.since(first);
      out.cutBack(first - 1).putBoolean(true);
      DeflatedBytes.write(chunks, arrays, first, out);
    }
  }

  /** Writes what stands before the chunks; how many each part has. */
  private static int[] writeHead(final List<Part> parts, final ImageWriter out) {
    final int[] counts = new int[parts.size()];
    for (int p = 0; p < counts.length; p++) {
      counts[p] = parts.get(p).chunkCount();
    }
    out.putInts(counts, counts.length).putInt(0).putBoolean(false);
    return counts;
  }

  private static boolean writeChunks(
      final List<Part> parts, final int[] counts, final int mostBytes, final ImageWriter out) {
    final int first = out.size();
    for (int p = 0; p < counts.length; p++) {
      for (int b = 0; b < counts[p]; b++) {
        final int start = out.putInt(0).size();
        parts.get(p).writeChunk(b, out);
        out.setInt(start - Integer.BYTES, out.size() - start);
        if (out.size() - first > mostBytes) {
          return false;
        }
      }
    }
    out.setInt(first - 1 - Integer.BYTES, out.size() - first);
    return true;
  }

  /**
   * Reads what either wrote; the chunks stay where they are in the image, or are inflated.
   *
   * @throws MalformedImageException if the bytes are not packed parts
   */
  public static PackedParts read(final ImageReader in) {
    final ImageReader whole = in.part(0, in.remaining());
    final int[] counts = in.getInts();
    final int all = in.getIntIn(0, Integer.MAX_VALUE, "bytes of chunks");
    final ImageReader bytes;
    if (in.getBoolean()) {
      bytes = new ImageReader(DeflatedBytes.read(all, in), 0, all);
    } else {
      bytes = in.part(0, all);
      in.skipBytes(all);
    }
    return read(counts, bytes, whole.part(0, whole.remaining() - in.remaining()));
  }

  private static PackedParts read(
      final int[] counts, final ImageReader bytes, final ImageReader image) {
    final int all = bytes.remaining();
    final int[] firsts = new int[counts.length];
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
    return new PackedParts(counts, firsts, starts, lengths, bytes, image);
  }

  /** Writes again what was read. */
  public void write(final ImageWriter out) {
    out.putRaw(image.rest());
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
