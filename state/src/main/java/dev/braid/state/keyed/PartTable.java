package dev.braid.state.keyed;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * Where the parts of one model are kept. A small model is packed: all its chunks lie in the table
 * itself, so that one look-up finds them. A larger one has its chunks in a keyed map, of which only
 * those that changed are written. A model that outgrows the pack moves to the map; it moves back
 * once it was found to take half of what a pack may.
 *
 * <p>In the map, a part lives in a slot that it keeps for its life, so that an expert which leaves
 * the middle of the pool does not move the chunks of all that follow it. A chunk's map key is
 * {@code slot << 32 | chunk}.
 *
 * <p>The table is a nested part of the model's session image ({@link ImageKind#PART_TABLE}):
 *
 * <pre>
 * boolean whether the parts are packed
 * map     int next slot, int parts; per part int slot, int chunks
 * packed  as {@link PackedParts} says
 * </pre>
 */
public final class PartTable {
  private Form form = Form.NEW;

  /** Parts in the learner's order, as of the last save; empty if they are not in the map. */
  private List<Slot> slots = new ArrayList<>();

  private int nextSlot;

  /** Packed parts as they were read, until {@link #attach}. */
  private PackedParts packed;

  /** Bytes that {@link #load} found in the map; more than any pack if it was not asked. */
  private long bytesInMap = Long.MAX_VALUE;

  private enum Form {
    /** Nothing was saved yet. */
    NEW,
    PACKED,
    IN_MAP
  }

  /** Where one part is kept; the part is unknown between {@link #read} and {@link #attach}. */
  private static final class Slot {
    final int number;
    Part part;
    int chunks;

    Slot(final int number, final int chunks) {
      this.number = number;
      this.chunks = chunks;
    }
  }

  /**
   * Writes the parts and this table, and marks all parts clean. In the map only dirty chunks are
   * written, and chunks of parts that are gone removed.
   *
   * @param parts all parts of the model, in order
   * @param chunks the map of the model's key
   * @param packBelow bytes of the chunks up to which a model is packed, 0 for never
   * @param out receives the table, with the chunks if they are packed
   * @return bytes written to the map
   */
  public long save(
      final List<Part> parts,
      final MapState<Long, byte[]> chunks,
      final int packBelow,
      final ImageWriter out)
      throws Exception {
    final int from = out.size();
    out.begin(ImageKind.PART_TABLE);
    final boolean mayFit = packBelow > 0 && (form != Form.IN_MAP || bytesInMap <= packBelow / 2);
    if (mayFit && !parts.isEmpty() && PackedParts.write(parts, packBelow, out.putBoolean(true))) {
      leaveMap(chunks);
      parts.forEach(Part::markClean);
      return 0;
    }
    out.cutBack(from);
    final long bytes = saveInMap(parts, chunks);
    write(out);
    return bytes;
  }

  private void leaveMap(final MapState<Long, byte[]> chunks) throws Exception {
    for (final Slot slot : slots) {
      remove(slot, 0, chunks);
    }
    slots = new ArrayList<>();
    form = Form.PACKED;
  }

  private long saveInMap(final List<Part> parts, final MapState<Long, byte[]> chunks)
      throws Exception {
    final ImageWriter writer = new ImageWriter(4096);
    final IdentityHashMap<Part, Slot> known = new IdentityHashMap<>();
    for (final Slot slot : slots) {
      known.put(slot.part, slot);
    }
    final List<Slot> saved = new ArrayList<>(parts.size());
    long bytes = 0;
    for (final Part part : parts) {
      final Slot old = known.remove(part);
      final Slot slot = old == null ? new Slot(nextSlot++, 0) : old;
      slot.part = part;
      bytes += save(slot, chunks, writer);
      saved.add(slot);
    }
    for (final Slot gone : known.values()) {
      remove(gone, 0, chunks);
    }
    slots = saved;
    form = slots.isEmpty() ? Form.NEW : Form.IN_MAP;
    bytesInMap = Long.MAX_VALUE;
    return bytes;
  }

  private static long save(
      final Slot slot, final MapState<Long, byte[]> chunks, final ImageWriter writer)
      throws Exception {
    final int count = slot.part.chunkCount();
    long bytes = 0;
    for (int chunk = 0; chunk < count; chunk++) {
      // A chunk this slot never held is written even if its part thinks that it is saved.
      if (chunk >= slot.chunks || slot.part.isDirty(chunk)) {
        slot.part.writeChunk(chunk, writer.reset());
        final byte[] image = writer.toByteArray();
        chunks.put(key(slot.number, chunk), image);
        bytes += image.length;
      }
    }
    remove(slot, count, chunks);
    slot.chunks = count;
    slot.part.markClean();
    return bytes;
  }

  private static void remove(
      final Slot slot, final int firstChunk, final MapState<Long, byte[]> chunks) throws Exception {
    for (int chunk = firstChunk; chunk < slot.chunks; chunk++) {
      chunks.remove(key(slot.number, chunk));
    }
  }

  /** Whether no part was saved yet. */
  public boolean isEmpty() {
    return form == Form.NEW;
  }

  /** Whether the parts lie in the table itself. */
  public boolean isPacked() {
    return form == Form.PACKED;
  }

  /**
   * The chunks as they were saved.
   *
   * @param chunks the map of the model's key
   */
  public SavedParts load(final MapState<Long, byte[]> chunks) throws Exception {
    if (packed != null) {
      return packed;
    }
    // One scan in place of a look-up per chunk.
    final Map<Long, byte[]> images = new HashMap<>();
    bytesInMap = 0;
    for (final Map.Entry<Long, byte[]> entry : chunks.entries()) {
      images.put(entry.getKey(), entry.getValue());
      bytesInMap += entry.getValue().length - ImageWriter.CHECKSUM_BYTES;
    }
    return new Saved(List.copyOf(slots), images);
  }

  /** The places of all chunks in the map, in the order of the parts; none if they are packed. */
  public List<Long> places() {
    final List<Long> places = new ArrayList<>(chunkCount());
    for (final Slot slot : slots) {
      for (int chunk = 0; chunk < slot.chunks; chunk++) {
        places.add(key(slot.number, chunk));
      }
    }
    return places;
  }

  /** How many chunks lie in the map. */
  public int chunkCount() {
    long count = 0;
    for (final Slot slot : slots) {
      count += slot.chunks;
    }
    return Math.toIntExact(Math.min(count, Integer.MAX_VALUE));
  }

  /**
   * The chunks as they were saved, found elsewhere than in keyed state.
   *
   * @param chunks by their places; goes on being read
   */
  public SavedParts over(final Map<Long, byte[]> chunks) {
    return packed == null ? new Saved(List.copyOf(slots), chunks) : packed;
  }

  private record Saved(List<Slot> slots, Map<Long, byte[]> images) implements SavedParts {

    @Override
    public int chunkCount(final int part) {
      return slot(part).chunks;
    }

    @Override
    public ImageReader chunk(final int part, final int chunk) {
      final byte[] image = images.get(key(slot(part).number, chunk));
      if (image == null) {
        throw new MalformedImageException(
            "chunk " + chunk + " of part " + part + " is missing from the model's state");
      }
      return new ImageReader(image);
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
   * @param parts all parts of the model; what is dirty in them is written by the next save
   */
  public void attach(final List<Part> parts) {
    final int saved = packed == null ? slots.size() : packed.partCount();
    if (parts.size() != saved) {
      throw new MalformedImageException(
          "a model of " + saved + " parts was restored with " + parts.size());
    }
    if (packed == null) {
      for (int part = 0; part < parts.size(); part++) {
        slots.get(part).part = parts.get(part);
      }
    }
    packed = null;
  }

  /**
   * Writes the table as a nested part of an image, with the parts as they were read if they are
   * packed.
   *
   * @throws IllegalStateException if packed parts were made into a model: {@link #save} writes them
   */
  public void write(final ImageWriter out) {
    if (form == Form.PACKED && packed == null) {
      throw new IllegalStateException("packed parts are written by save once they were attached");
    }
    out.begin(ImageKind.PART_TABLE).putBoolean(form == Form.PACKED);
    if (form == Form.PACKED) {
      packed.write(out);
      return;
    }
    out.putInt(nextSlot).putInt(slots.size());
    for (final Slot slot : slots) {
      out.putInt(slot.number).putInt(slot.chunks);
    }
  }

  /**
   * Reads what {@link #write} or {@link #save} wrote.
   *
   * @throws MalformedImageException if the bytes are not a table
   */
  public static PartTable read(final ImageReader in) {
    in.begin(ImageKind.PART_TABLE);
    final PartTable table = new PartTable();
    if (in.getBoolean()) {
      table.packed = PackedParts.read(in);
      table.form = Form.PACKED;
      return table;
    }
    table.nextSlot = in.getIntIn(0, Integer.MAX_VALUE, "next slot");
    final int count = in.getIntIn(0, in.remaining(), "number of parts");
    for (int i = 0; i < count; i++) {
      final int number = in.getIntIn(0, table.nextSlot - 1, "slot");
      table.slots.add(new Slot(number, in.getIntIn(1, Integer.MAX_VALUE, "chunks of a part")));
    }
    table.form = count == 0 ? Form.NEW : Form.IN_MAP;
    return table;
  }

  /** The map key of one chunk. */
  static long key(final int slot, final int chunk) {
    return (long) slot << 32 | chunk;
  }
}
