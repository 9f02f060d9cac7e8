package dev.braid.experts.tree;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Which chunk of an image holds which page. Chunk 0 is the header; every page keeps its chunk while
 * it lives, and the last chunk takes the place of one whose page is gone.
 */
final class ChunkDirectory {
  private static final int PAGE_BITS = 26;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  private int[] pagesKnown = {};
  private int[] entries = {};
  private boolean[] moved = {};

  /**
   * Brings the directory up to date.
   *
   * @param pages number of pages of each type
   */
  void update(final int[] pages) {
    if (Arrays.equals(pages, pagesKnown)) {
      return;
    }
    pagesKnown = pages.clone();
    final int[] known = new int[pages.length];
    int count = entries.length;
    for (int i = 0; i < count; ) {
      if (page(i) >= pages[type(i)]) {
        count--;
        entries[i] = entries[count];
        moved[i] = true;
      } else {
        known[type(i)]++;
        i++;
      }
    }
    int total = 0;
    for (final int ofType : pages) {
      total += ofType;
    }
    if (count != total || entries.length != total) {
      entries = Arrays.copyOf(entries, total);
      moved = Arrays.copyOf(moved, total);
    }
    for (int type = 0; type < pages.length; type++) {
      for (int page = known[type]; page < pages[type]; page++) {
        entries[count] = type << PAGE_BITS | page;
        moved[count++] = true;
      }
    }
  }

  int chunkCount() {
    return 1 + entries.length;
  }

  int typeOfChunk(final int chunk) {
    return type(chunk - 1);
  }

  int pageOfChunk(final int chunk) {
    return page(chunk - 1);
  }

  /** The chunk of each page of a type. */
  int[] chunksOf(final int type) {
    final int[] chunks = new int[entries.length];
    int pages = 0;
    for (int i = 0; i < entries.length; i++) {
      if (type(i) == type) {
        chunks[page(i)] = i + 1;
        pages++;
      }
    }
    return Arrays.copyOf(chunks, pages);
  }

  boolean isMoved(final int chunk) {
    return moved[chunk - 1];
  }

  void markClean() {
    Arrays.fill(moved, false);
  }

  private int type(final int entry) {
    return entries[entry] >>> PAGE_BITS;
  }

  private int page(final int entry) {
    return entries[entry] & PAGE_MASK;
  }

  void write(final ImageWriter out) {
    out.putInts(entries, entries.length);
  }

  /** Reads a directory and checks that it lists each of so many pages once. */
  static ChunkDirectory read(final ImageReader in, final int... pages) {
    final ChunkDirectory directory = new ChunkDirectory();
    directory.entries = in.getInts();
    directory.moved = new boolean[directory.entries.length];
    final int[] sorted = directory.entries.clone();
    Arrays.sort(sorted);
    int at = 0;
    for (int type = 0; type < pages.length; type++) {
      for (int page = 0; page < pages[type]; page++) {
        if (at >= sorted.length || sorted[at++] != (type << PAGE_BITS | page)) {
          throw new MalformedImageException("tree: chunk of page " + page + " is missing");
        }
      }
    }
    if (at != sorted.length) {
      throw new MalformedImageException("tree: " + (sorted.length - at) + " chunks too many");
    }
    return directory;
  }

  static long sizeBytes(final int pages) {
    return 96 + 5L * pages;
  }
}
