package dev.braid.state.keyed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part table over keyed state in RocksDB. */
class PartTableTest {

  /** A part of some one-byte chunks that counts how often each was written. */
  private static final class BytePart implements Part {
    byte[] values;
    boolean[] dirty;
    int writes;

    BytePart(final int... values) {
      this.values = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        this.values[i] = (byte) values[i];
      }
      dirty = new boolean[values.length];
      Arrays.fill(dirty, true);
    }

    void set(final int chunk, final int value) {
      values[chunk] = (byte) value;
      dirty[chunk] = true;
    }

    void resize(final int chunks) {
      values = Arrays.copyOf(values, chunks);
      dirty = Arrays.copyOf(dirty, chunks);
    }

    @Override
    public int chunkCount() {
      return values.length;
    }

    @Override
    public boolean isDirty(final int chunk) {
      return dirty[chunk];
    }

    @Override
    public void writeChunk(final int chunk, final ImageWriter out) {
      out.putByte(values[chunk]);
      writes++;
    }

    @Override
    public void markClean() {
      Arrays.fill(dirty, false);
    }
  }

  /** Hands its keyed map out to the test. */
  private static final class MapHolder extends AbstractStreamOperator<Long>
      implements OneInputStreamOperator<Long, Long> {
    private static final long serialVersionUID = 1L;
    private transient MapState<Long, byte[]> chunks;

    @Override
    public void open() throws Exception {
      super.open();
      chunks =
          getKeyedStateStore()
              .getMapState(
                  new MapStateDescriptor<>(
                      "chunks", LongSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
      setCurrentKey("model");
    }

    @Override
    public void processElement(final StreamRecord<Long> element) {}
  }

  private KeyedOneInputStreamOperatorTestHarness<String, Long, Long> harness;
  private MapState<Long, byte[]> chunks;
  private final PartTable table = new PartTable();
  private final ImageWriter out = new ImageWriter();

  @BeforeEach
  void openState() throws Exception {
    final MapHolder holder = new MapHolder();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(holder, n -> "model", Types.STRING, 1, 1, 0);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.open();
    chunks = holder.chunks;
  }

  @AfterEach
  void closeState() throws Exception {
    harness.close();
  }

  private Set<Long> keys() throws Exception {
    final Set<Long> keys = new TreeSet<>();
    chunks.keys().forEach(keys::add);
    return keys;
  }

  private void assertLoads(final List<? extends Part> parts, final PartTable from)
      throws Exception {
    final SavedParts loaded = from.load(chunks);
    for (int p = 0; p < parts.size(); p++) {
      final BytePart part = (BytePart) parts.get(p);
      assertEquals(part.values.length, loaded.chunkCount(p));
      for (int b = 0; b < part.values.length; b++) {
        assertArrayEquals(new byte[] {part.values[b]}, loaded.chunk(p, b).rest());
      }
    }
  }

  private long save(final List<Part> parts, final MapState<Long, byte[]> map) throws Exception {
    return save(table, parts, map);
  }

  /** Bytes of a one-byte chunk in the map. */
  private static final int CHUNK = 1 + ImageWriter.CHECKSUM_BYTES;

  /** Saves in the map; returns the chunks written there. */
  private long save(final PartTable to, final List<Part> parts, final MapState<Long, byte[]> map)
      throws Exception {
    out.reset();
    return to.save(parts, map, 0, out) / CHUNK;
  }

  /**
   * Saves packed if the chunks' bytes and four for each chunk are no more; returns the chunks
   * written to the map.
   */
  private long pack(final PartTable to, final List<Part> parts, final int packBelow)
      throws Exception {
    out.reset();
    return to.save(parts, chunks, packBelow, out) / CHUNK;
  }

  /** The table saved last, as a restarted operator has it. */
  private PartTable reread() {
    final ImageReader in = new ImageReader(out.toByteArray());
    final PartTable read = PartTable.read(in);
    in.end();
    return read;
  }

  @Test
  void loadsWhatWasSaved() throws Exception {
    final List<Part> parts = List.of(new BytePart(1, 2, 3), new BytePart(4));
    save(parts, chunks);
    assertLoads(parts, reread());
  }

  @Test
  void writesOnlyDirtyChunks() throws Exception {
    final BytePart first = new BytePart(1, 2, 3);
    final BytePart second = new BytePart(4, 5);
    final List<Part> parts = List.of(first, second);
    assertEquals(5, save(parts, chunks));
    second.set(1, 6);
    assertEquals(1, save(parts, chunks));
    assertEquals(3, first.writes);
    assertEquals(3, second.writes);
    assertLoads(parts, table);
  }

  @Test
  void removesChunksOfAPartThatShrank() throws Exception {
    final BytePart part = new BytePart(1, 2, 3);
    save(List.of(part), chunks);
    part.resize(1);
    save(List.of(part), chunks);
    assertEquals(Set.of(PartTable.key(0, 0)), keys());
    part.resize(2);
    save(List.of(part), chunks);
    assertLoads(List.of(part), table);
  }

  @Test
  void removedPartLeavesNoChunksAndMovesNoOther() throws Exception {
    final BytePart first = new BytePart(1);
    final BytePart second = new BytePart(2, 3);
    final BytePart third = new BytePart(4);
    save(List.of(first, second, third), chunks);
    assertEquals(0, save(List.of(first, third), chunks));
    assertEquals(Set.of(PartTable.key(0, 0), PartTable.key(2, 0)), keys());
    assertLoads(List.of(first, third), reread());
  }

  @Test
  void newPartIsWrittenEvenIfItThinksItIsClean() throws Exception {
    final BytePart part = new BytePart(1, 2);
    part.markClean();
    save(List.of(part), chunks);
    assertLoads(List.of(part), table);
  }

  @Test
  void restoredPartsAreSavedWhereTheyWere() throws Exception {
    save(List.of(new BytePart(1, 2), new BytePart(3)), chunks);
    final PartTable restored = reread();
    final BytePart first = new BytePart(1, 2);
    final List<Part> parts = new ArrayList<>(List.of(first, new BytePart(3)));
    parts.forEach(Part::markClean);
    restored.attach(parts);
    first.set(0, 9);
    assertEquals(1, save(restored, parts, chunks));
    assertLoads(parts, restored);
    assertEquals(3, keys().size());
  }

  @Test
  void smallModelLiesInTheTableAlone() throws Exception {
    final List<Part> parts = List.of(new BytePart(1, 2, 3), new BytePart(4));
    assertEquals(0, pack(table, parts, 20));
    assertEquals(Set.of(), keys());
    assertTrue(reread().isPacked());
    assertLoads(parts, reread());
  }

  @Test
  void packedModelIsWrittenAsAWhole() throws Exception {
    final BytePart first = new BytePart(1, 2, 3);
    final BytePart second = new BytePart(4);
    final List<Part> parts = List.of(first, second);
    pack(table, parts, 20);
    second.set(0, 5);
    pack(table, parts, 20);
    assertEquals(6, first.writes);
    assertLoads(parts, reread());
  }

  @Test
  void modelThatOutgrowsThePackMovesToTheMap() throws Exception {
    final BytePart part = new BytePart(1, 2, 3, 4);
    pack(table, List.of(part), 20);
    part.resize(5);
    assertEquals(5, pack(table, List.of(part), 20));
    assertEquals(5, keys().size());
    assertFalse(reread().isPacked());
    assertLoads(List.of(part), reread());
    part.set(4, 9);
    assertEquals(1, pack(table, List.of(part), 20));
    assertLoads(List.of(part), reread());
  }

  @Test
  void modelThatOutgrowsThePackAfterARestartMovesToTheMap() throws Exception {
    pack(table, List.of(new BytePart(1, 2), new BytePart(3)), 20);
    final PartTable restored = reread();
    final BytePart first = new BytePart(1, 2);
    final List<Part> parts = List.of(first, new BytePart(3));
    parts.forEach(Part::markClean);
    restored.attach(parts);
    first.resize(9);
    assertEquals(10, pack(restored, parts, 20));
    assertLoads(parts, reread());
  }

  @Test
  void modelFoundInTheMapAndHalfAPackIsPacked() throws Exception {
    save(List.of(new BytePart(1, 2), new BytePart(3)), chunks);
    final PartTable restored = reread();
    restored.load(chunks);
    final List<Part> parts = List.of(new BytePart(1, 2), new BytePart(3));
    restored.attach(parts);
    assertEquals(0, pack(restored, parts, 20));
    assertEquals(Set.of(), keys());
    assertLoads(parts, reread());
  }

  @Test
  void modelFoundInTheMapAndLargerThanHalfAPackStays() throws Exception {
    save(List.of(new BytePart(1, 2), new BytePart(3)), chunks);
    final PartTable restored = reread();
    restored.load(chunks);
    final BytePart first = new BytePart(1, 2);
    final List<Part> parts = List.of(first, new BytePart(3));
    parts.forEach(Part::markClean);
    restored.attach(parts);
    first.set(0, 7);
    assertEquals(1, pack(restored, parts, 5));
    assertEquals(3, keys().size());
    assertLoads(parts, reread());
  }

  @Test
  void tableThatWasOnlyReadIsWrittenAgainWithItsPack() throws Exception {
    final List<Part> parts = List.of(new BytePart(1, 2, 3), new BytePart(4));
    pack(table, parts, 20);
    final PartTable read = reread();
    final byte[] written = out.toByteArray();
    out.reset();
    read.write(out);
    assertArrayEquals(written, out.toByteArray());
  }

  @Test
  void attachedPackIsNotWrittenWithoutItsParts() throws Exception {
    pack(table, List.of(new BytePart(1)), 20);
    final PartTable restored = reread();
    restored.attach(List.of(new BytePart(1)));
    assertThrows(IllegalStateException.class, () -> restored.write(new ImageWriter()));
  }

  @Test
  void damagedPackIsRefused() throws Exception {
    pack(table, List.of(new BytePart(1, 2, 3), new BytePart(4)), 20);
    final byte[] table = out.toRaw();
    for (int length = 0; length < table.length; length++) {
      final byte[] cut = sealed(Arrays.copyOf(table, length));
      assertThrows(
          MalformedImageException.class,
          () -> PartTable.read(new ImageReader(cut)),
          "cut " + length);
    }
    // The number of chunks of the first part: kind and version, the flag, the number of parts.
    table[13] = 9;
    final byte[] image = sealed(table);
    assertThrows(MalformedImageException.class, () -> PartTable.read(new ImageReader(image)));
  }

  private static byte[] sealed(final byte[] bytes) {
    return new ImageWriter().putRaw(bytes).toByteArray();
  }

  @Test
  void missingChunkIsNamed() throws Exception {
    save(List.of(new BytePart(1), new BytePart(2, 3)), chunks);
    chunks.remove(PartTable.key(1, 1));
    final var problem =
        assertThrows(MalformedImageException.class, () -> table.load(chunks).chunk(1, 1));
    assertEquals("chunk 1 of part 1 is missing from the model's state", problem.getMessage());
  }
}
