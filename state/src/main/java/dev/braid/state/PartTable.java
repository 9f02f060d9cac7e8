package dev.braid.state;

import dev.braid.image.BlockState;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;
import dev.braid.router.Blocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * Keeps the parts of one model in a keyed map of blocks and writes only what changed.
 *
 * <p>A part lives in a slot that it keeps for its life, so that an expert which leaves the middle
 * of the pool does not move the blocks of all that follow it. A block's map key is {@code slot <<
 * 32 | block}. The table itself, which slot holds which part, is small and belongs into the model's
 * session block ({@link #write}).
 */
public final class PartTable {
  private static final String KIND = "PTAB";
  private static final int VERSION = 1;

  private final ImageWriter writer = new ImageWriter(4096);

  /** Parts in the learner's order, as of the last save; shape [parts]. */
  private List<Slot> slots = new ArrayList<>();

  private int nextSlot;

  /** Where one part is kept; the part is unknown between {@link #read} and {@link #attach}. */
  private static final class Slot {
    final int number;
    BlockState part;
    int blocks;

    Slot(final int number, final int blocks) {
      this.number = number;
      this.blocks = blocks;
    }
  }

  /**
   * Writes the dirty blocks of all parts, removes the blocks of parts that are gone, and marks all
   * parts clean.
   *
   * @param parts all parts of the model, in order
   * @param blocks the map of the model's key
   * @return bytes written
   */
  public long save(final List<BlockState> parts, final MapState<Long, byte[]> blocks)
      throws Exception {
    final IdentityHashMap<BlockState, Slot> known = new IdentityHashMap<>();
    for (final Slot slot : slots) {
      known.put(slot.part, slot);
    }
    final List<Slot> saved = new ArrayList<>(parts.size());
    long bytes = 0;
    for (final BlockState part : parts) {
      final Slot old = known.remove(part);
      final Slot slot = old == null ? new Slot(nextSlot++, 0) : old;
      slot.part = part;
      bytes += save(slot, blocks);
      saved.add(slot);
    }
    for (final Slot gone : known.values()) {
      remove(gone, 0, blocks);
    }
    slots = saved;
    return bytes;
  }

  private long save(final Slot slot, final MapState<Long, byte[]> blocks) throws Exception {
    final int count = slot.part.blockCount();
    long bytes = 0;
    for (int block = 0; block < count; block++) {
      // A block this slot never held is written even if its part thinks that it is saved.
      if (block >= slot.blocks || slot.part.isDirty(block)) {
        slot.part.writeBlock(block, writer.reset());
        blocks.put(key(slot.number, block), writer.toByteArray());
        bytes += writer.size();
      }
    }
    remove(slot, count, blocks);
    slot.blocks = count;
    slot.part.markClean();
    return bytes;
  }

  private static void remove(
      final Slot slot, final int firstBlock, final MapState<Long, byte[]> blocks) throws Exception {
    for (int block = firstBlock; block < slot.blocks; block++) {
      blocks.remove(key(slot.number, block));
    }
  }

  /** Whether no part was saved yet. */
  public boolean isEmpty() {
    return slots.isEmpty();
  }

  /**
   * Reads all blocks back.
   *
   * @param blocks the map of the model's key
   */
  public Blocks load(final MapState<Long, byte[]> blocks) throws Exception {
    // One scan in place of a look-up per block.
    final Map<Long, byte[]> images = new HashMap<>();
    for (final Map.Entry<Long, byte[]> entry : blocks.entries()) {
      images.put(entry.getKey(), entry.getValue());
    }
    return new Saved(List.copyOf(slots), images);
  }

  private record Saved(List<Slot> slots, Map<Long, byte[]> images) implements Blocks {

    @Override
    public int blockCount(final int part) {
      return slot(part).blocks;
    }

    @Override
    public byte[] block(final int part, final int block) {
      final byte[] image = images.get(key(slot(part).number, block));
      if (image == null) {
        throw new MalformedImageException(
            "block " + block + " of part " + part + " is missing from the model's state");
      }
      return image;
    }

    private Slot slot(final int part) {
      if (part >= slots.size()) {
        throw new MalformedImageException("part " + part + " is missing from the model's state");
      }
      return slots.get(part);
    }
  }

  /**
   * Names the parts that were made from what {@link #load} returned, in the same order.
   *
   * @param parts all parts of the model, clean
   */
  public void attach(final List<BlockState> parts) {
    if (parts.size() != slots.size()) {
      throw new MalformedImageException(
          "a model of " + slots.size() + " parts was restored with " + parts.size());
    }
    for (int part = 0; part < parts.size(); part++) {
      slots.get(part).part = parts.get(part);
      parts.get(part).markClean();
    }
  }

  /** Writes the table as a nested part of an image. */
  public void write(final ImageWriter out) {
    out.begin(KIND, VERSION).putInt(nextSlot).putInt(slots.size());
    for (final Slot slot : slots) {
      out.putInt(slot.number).putInt(slot.blocks);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not a table
   */
  public static PartTable read(final ImageReader in) {
    in.begin(KIND, VERSION);
    final PartTable table = new PartTable();
    table.nextSlot = in.getIntIn(0, Integer.MAX_VALUE, "next slot");
    final int count = in.getIntIn(0, in.remaining(), "number of parts");
    for (int i = 0; i < count; i++) {
      final int number = in.getIntIn(0, table.nextSlot - 1, "slot");
      table.slots.add(new Slot(number, in.getIntIn(1, Integer.MAX_VALUE, "blocks of a part")));
    }
    return table;
  }

  /** The map key of one block. */
  static long key(final int slot, final int block) {
    return (long) slot << 32 | block;
  }
}
