package dev.braid.state.keyed;

import dev.braid.state.image.BlockState;
import dev.braid.state.image.Blocks;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;

/**
 * All blocks of a small model in one run of bytes.
 *
 * <pre>
 * int[]   number of blocks of each part
 * int     bytes of all blocks
 * per block, in order of parts and blocks
 *   int   bytes of the block
 *   bytes
 * </pre>
 */
final class PackedParts implements Blocks {
  private final int[] blockCounts;

  /** Of each part, the index of its first block. */
  private final int[] firstBlocks;

  /** Of each block, where it starts in the bytes and how many it has. */
  private final int[] starts;

  private final int[] lengths;
  private final ImageReader bytes;

  private PackedParts(
      final int[] blockCounts,
      final int[] firstBlocks,
      final int[] starts,
      final int[] lengths,
      final ImageReader bytes) {
    this.blockCounts = blockCounts;
    this.firstBlocks = firstBlocks;
    this.starts = starts;
    this.lengths = lengths;
    this.bytes = bytes;
  }

  /**
   * Writes all blocks, dirty or not.
   *
   * @param mostBytes of the blocks
   * @return whether they fit; if not, nothing is written
   */
  static boolean write(final List<BlockState> parts, final int mostBytes, final ImageWriter out) {
    final int from = out.size();
    final int[] counts = new int[parts.size()];
    for (int p = 0; p < counts.length; p++) {
      counts[p] = parts.get(p).blockCount();
    }
    out.putInts(counts, counts.length).putInt(0);
    final int first = out.size();
    for (int p = 0; p < counts.length; p++) {
      for (int b = 0; b < counts[p]; b++) {
        final int start = out.putInt(0).size();
        parts.get(p).writeBlock(b, out);
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
   * Reads what {@link #write} wrote; the blocks stay where they are in the image.
   *
   * @throws MalformedImageException if the bytes are not packed parts
   */
  static PackedParts read(final ImageReader in) {
    final int[] counts = in.getInts();
    final int[] firsts = new int[counts.length];
    final int all = in.getInt();
    final ImageReader bytes = in.part(0, all);
    in.skipBytes(all);
    int blocks = 0;
    for (int p = 0; p < counts.length; p++) {
      firsts[p] = blocks;
      if (counts[p] < 1 || counts[p] > all / Integer.BYTES - blocks) {
        throw new MalformedImageException(counts[p] + " blocks of a part in " + all + " bytes");
      }
      blocks += counts[p];
    }
    final int[] starts = new int[blocks];
    final int[] lengths = new int[blocks];
    final ImageReader each = bytes.part(0, all);
    for (int b = 0; b < blocks; b++) {
      lengths[b] = each.getInt();
      starts[b] = all - each.remaining();
      each.skipBytes(lengths[b]);
    }
    each.end();
    return new PackedParts(counts, firsts, starts, lengths, bytes);
  }

  /** Writes again what was read. */
  void write(final ImageWriter out) {
    out.putInts(blockCounts, blockCounts.length).putBytes(bytes.rest());
  }

  int partCount() {
    return blockCounts.length;
  }

  @Override
  public int blockCount(final int part) {
    check(part);
    return blockCounts[part];
  }

  @Override
  public ImageReader block(final int part, final int block) {
    check(part);
    if (block >= blockCounts[part]) {
      throw new MalformedImageException(
          "block " + block + " of part " + part + " is missing from the model's state");
    }
    final int b = firstBlocks[part] + block;
    return bytes.part(starts[b], lengths[b]);
  }

  private void check(final int part) {
    if (part >= blockCounts.length) {
      throw new MalformedImageException("part " + part + " is missing from the model's state");
    }
  }
}
