package dev.braid.experts.tree;

import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * Sufficient statistics of leaves: slots of equal size, numbered from 0 without gaps, in pages of a
 * few kilobytes. Giving a slot back moves the last slot into its place. The first page is no larger
 * than its slots need, so that a small tree is small; what room there is follows from the number of
 * slots alone.
 */
final class StatisticsStore {
  private static final int PAGE_DOUBLES = 512;

  final int stride;
  private final int shift;
  private final int mask;
  private double[][] pages = new double[1][];
  private boolean[] dirty = new boolean[1];
  private int[] owners = new int[1];
  private int count;

  /**
   * @param stride doubles per slot
   */
  StatisticsStore(final int stride) {
    this.stride = stride;
    int bits = 0;
    while ((2L << bits) * Math.max(1, stride) <= PAGE_DOUBLES) {
      bits++;
    }
    shift = bits;
    mask = (1 << bits) - 1;
  }

  int count() {
    return count;
  }

  double[] page(final int slot) {
    return pages[slot >> shift];
  }

  /** Where a slot starts in its page. */
  int offset(final int slot) {
    return (slot & mask) * stride;
  }

  int owner(final int slot) {
    return owners[slot];
  }

  void setOwner(final int slot, final int node) {
    owners[slot] = node;
  }

  void touch(final int slot) {
    dirty[slot >> shift] = true;
  }

  /** A slot of zeros for a leaf, or for what else is its owner. */
  int allocate(final int owner) {
    final int slot = count++;
    final int page = slot >> shift;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page + 1 + page / 4);
      dirty = Arrays.copyOf(dirty, pages.length);
    }
    final int length = pageLength(page);
    if (pages[page] == null) {
      pages[page] = new double[length];
    } else if (pages[page].length < length) {
      pages[page] = Arrays.copyOf(pages[page], length);
    }
    if (slot == owners.length) {
      owners = Arrays.copyOf(owners, slot + 1 + slot / 4);
    }
    owners[slot] = owner;
    dirty[page] = true;
    return slot;
  }

  /**
   * Gives a slot back.
   *
   * @return the owner of the slot that now has this number, or -1 if there is none
   */
  int release(final int slot) {
    final int last = --count;
    final double[] lastPage = page(last);
    final int lastOffset = offset(last);
    int moved = -1;
    if (slot != last) {
      System.arraycopy(lastPage, lastOffset, page(slot), offset(slot), stride);
      owners[slot] = owners[last];
      moved = owners[slot];
      touch(slot);
    }
    if ((last & mask) == 0) {
      pages[last >> shift] = null;
    } else {
      Arrays.fill(lastPage, lastOffset, lastOffset + stride, 0.0);
      final int length = pageLength(last >> shift);
      if (length < lastPage.length) {
        pages[last >> shift] = Arrays.copyOf(lastPage, length);
      }
      touch(last);
    }
    return moved;
  }

  /** Doubles that a page has while there are as many slots as now. */
  private int pageLength(final int page) {
    return page > 0 ? stride << shift : firstPageLength(count);
  }

  private int firstPageLength(final int slots) {
    int room = Math.min(slots, 1);
    while (room < slots && room <= mask) {
      room += room;
    }
    return room * stride;
  }

  int pageCount() {
    return pagesFor(count);
  }

  int slotsPerPage() {
    return mask + 1;
  }

  boolean isDirty(final int page) {
    return dirty[page];
  }

  void markClean() {
    Arrays.fill(dirty, false);
  }

  int pagesFor(final int slots) {
    return (slots >> shift) + ((slots & mask) == 0 ? 0 : 1);
  }

  /**
   * @param isShort whether in few bytes, and not as fast as it goes
   */
  void writePage(final int page, final boolean isShort, final ImageWriter out) {
    final int from = page << shift;
    final int slots = Math.min(count - from, slotsPerPage());
    out.putInts(owners, from, slots);
    Column.write(pages[page], slots * stride, isShort, out);
  }

  int pageRoom() {
    return pages.length;
  }

  int ownerRoom() {
    return owners.length;
  }

  /** Makes the room of an empty store what it was when an image was written. */
  void restoreRoom(final int pageRoom, final int ownerRoom) {
    pages = new double[pageRoom][];
    dirty = new boolean[pageRoom];
    owners = new int[ownerRoom];
  }

  /** Takes the next page, of {@code total} slots in all. */
  void readPage(final ImageReader in, final int total) {
    final int slots = Math.min(total - count, slotsPerPage());
    in.getInts(owners, count, slots);
    for (int i = 0; i < slots; i++) {
      allocate(owners[count]);
    }
    Column.read(pages[(count - 1) >> shift], slots * stride, in);
  }

  /** Bytes that one more slot would take, beyond those already taken. */
  long bytesToAllocate() {
    final int page = count >> shift;
    final boolean newPage = (count & mask) == 0;
    final int more =
        page == 0
            ? firstPageLength(count + 1) - firstPageLength(count)
            : newPage ? stride << shift : 0;
    return (newPage ? 16 : 0)
        + 8L * more
        + (page == pages.length ? 5L * (1 + page / 4) : 0)
        + (count == owners.length ? 4L * (1 + count / 4) : 0);
  }

  /** Bytes that one more slot takes at the most, if others are allocated before it too. */
  long mostBytesToAllocate() {
    return 16 + 8L * (stride << shift) + 5L * (2 + pages.length / 4) + 4L * (2 + count / 4);
  }

  /** Bytes per slot when all pages are full. */
  long bytesPerSlot() {
    return 8L * stride + (16 >> shift) + 10;
  }

  long sizeBytes() {
    return 64
        + 3 * 16
        + 5L * pages.length
        + 4L * owners.length
        + 16L * pageCount()
        + 8L * firstPageLength(count)
        + 8L * Math.max(0, pageCount() - 1) * (stride << shift);
  }
}
