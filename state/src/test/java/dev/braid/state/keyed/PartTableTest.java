package dev.braid.state.keyed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.BlockState;
import dev.braid.state.image.Blocks;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
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

  /** A part of some one-byte blocks that counts how often each was written. */
  private static final class Part implements BlockState {
    byte[] values;
    boolean[] dirty;
    int writes;

    Part(final int... values) {
      this.values = new byte[values.length];
      for (int i = 0; i < values.length; i++) {
        this.values[i] = (byte) values[i];
      }
      dirty = new boolean[values.length];
      Arrays.fill(dirty, true);
    }

    void set(final int block, final int value) {
      values[block] = (byte) value;
      dirty[block] = true;
    }

    void resize(final int blocks) {
      values = Arrays.copyOf(values, blocks);
      dirty = Arrays.copyOf(dirty, blocks);
    }

    @Override
    public int blockCount() {
      return values.length;
    }

    @Override
    public boolean isDirty(final int block) {
      return dirty[block];
    }

    @Override
    public void writeBlock(final int block, final ImageWriter out) {
      out.putByte(values[block]);
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
    private transient MapState<Long, byte[]> blocks;

    @Override
    public void open() throws Exception {
      super.open();
      blocks =
          getKeyedStateStore()
              .getMapState(
                  new MapStateDescriptor<>(
                      "blocks", LongSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
      setCurrentKey("model");
    }

    @Override
    public void processElement(final StreamRecord<Long> element) {}
  }

  private KeyedOneInputStreamOperatorTestHarness<String, Long, Long> harness;
  private MapState<Long, byte[]> blocks;
  private final PartTable table = new PartTable();
  private final ImageWriter out = new ImageWriter();

  @BeforeEach
  void openState() throws Exception {
    final MapHolder holder = new MapHolder();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(holder, n -> "model", Types.STRING, 1, 1, 0);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.open();
    blocks = holder.blocks;
  }

  @AfterEach
  void closeState() throws Exception {
    harness.close();
  }

  private Set<Long> keys() throws Exception {
    final Set<Long> keys = new TreeSet<>();
    blocks.keys().forEach(keys::add);
    return keys;
  }

  private void assertLoads(final List<? extends BlockState> parts, final PartTable from)
      throws Exception {
    final Blocks loaded = from.load(blocks);
    for (int p = 0; p < parts.size(); p++) {
      final Part part = (Part) parts.get(p);
      assertEquals(part.values.length, loaded.blockCount(p));
      for (int b = 0; b < part.values.length; b++) {
        assertArrayEquals(new byte[] {part.values[b]}, loaded.block(p, b).rest());
      }
    }
  }

  private long save(final List<BlockState> parts, final MapState<Long, byte[]> map)
      throws Exception {
    return save(table, parts, map);
  }

  /** Saves in the map. */
  private long save(
      final PartTable to, final List<BlockState> parts, final MapState<Long, byte[]> map)
      throws Exception {
    out.reset();
    return to.save(parts, map, 0, out);
  }

  /** Saves packed if the blocks' bytes and four for each block are no more. */
  private long pack(final PartTable to, final List<BlockState> parts, final int packBelow)
      throws Exception {
    out.reset();
    return to.save(parts, blocks, packBelow, out);
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
    final List<BlockState> parts = List.of(new Part(1, 2, 3), new Part(4));
    save(parts, blocks);
    assertLoads(parts, reread());
  }

  @Test
  void writesOnlyDirtyBlocks() throws Exception {
    final Part first = new Part(1, 2, 3);
    final Part second = new Part(4, 5);
    final List<BlockState> parts = List.of(first, second);
    assertEquals(5, save(parts, blocks));
    second.set(1, 6);
    assertEquals(1, save(parts, blocks));
    assertEquals(3, first.writes);
    assertEquals(3, second.writes);
    assertLoads(parts, table);
  }

  @Test
  void removesBlocksOfAPartThatShrank() throws Exception {
    final Part part = new Part(1, 2, 3);
    save(List.of(part), blocks);
    part.resize(1);
    save(List.of(part), blocks);
    assertEquals(Set.of(PartTable.key(0, 0)), keys());
    part.resize(2);
    save(List.of(part), blocks);
    assertLoads(List.of(part), table);
  }

  @Test
  void removedPartLeavesNoBlocksAndMovesNoOther() throws Exception {
    final Part first = new Part(1);
    final Part second = new Part(2, 3);
    final Part third = new Part(4);
    save(List.of(first, second, third), blocks);
    assertEquals(0, save(List.of(first, third), blocks));
    assertEquals(Set.of(PartTable.key(0, 0), PartTable.key(2, 0)), keys());
    assertLoads(List.of(first, third), reread());
  }

  @Test
  void newPartIsWrittenEvenIfItThinksItIsClean() throws Exception {
    final Part part = new Part(1, 2);
    part.markClean();
    save(List.of(part), blocks);
    assertLoads(List.of(part), table);
  }

  @Test
  void restoredPartsAreSavedWhereTheyWere() throws Exception {
    save(List.of(new Part(1, 2), new Part(3)), blocks);
    final PartTable restored = reread();
    final Part first = new Part(1, 2);
    final List<BlockState> parts = new ArrayList<>(List.of(first, new Part(3)));
    parts.forEach(BlockState::markClean);
    restored.attach(parts);
    first.set(0, 9);
    assertEquals(1, save(restored, parts, blocks));
    assertLoads(parts, restored);
    assertEquals(3, keys().size());
  }

  @Test
  void smallModelLiesInTheTableAlone() throws Exception {
    final List<BlockState> parts = List.of(new Part(1, 2, 3), new Part(4));
    assertEquals(0, pack(table, parts, 20));
    assertEquals(Set.of(), keys());
    assertTrue(reread().isPacked());
    assertLoads(parts, reread());
  }

  @Test
  void packedModelIsWrittenAsAWhole() throws Exception {
    final Part first = new Part(1, 2, 3);
    final Part second = new Part(4);
    final List<BlockState> parts = List.of(first, second);
    pack(table, parts, 20);
    second.set(0, 5);
    pack(table, parts, 20);
    assertEquals(6, first.writes);
    assertLoads(parts, reread());
  }

  @Test
  void modelThatOutgrowsThePackMovesToTheMap() throws Exception {
    final Part part = new Part(1, 2, 3, 4);
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
    pack(table, List.of(new Part(1, 2), new Part(3)), 20);
    final PartTable restored = reread();
    final Part first = new Part(1, 2);
    final List<BlockState> parts = List.of(first, new Part(3));
    parts.forEach(BlockState::markClean);
    restored.attach(parts);
    first.resize(9);
    assertEquals(10, pack(restored, parts, 20));
    assertLoads(parts, reread());
  }

  @Test
  void modelFoundInTheMapAndHalfAPackIsPacked() throws Exception {
    save(List.of(new Part(1, 2), new Part(3)), blocks);
    final PartTable restored = reread();
    restored.load(blocks);
    final List<BlockState> parts = List.of(new Part(1, 2), new Part(3));
    restored.attach(parts);
    assertEquals(0, pack(restored, parts, 20));
    assertEquals(Set.of(), keys());
    assertLoads(parts, reread());
  }

  @Test
  void modelFoundInTheMapAndLargerThanHalfAPackStays() throws Exception {
    save(List.of(new Part(1, 2), new Part(3)), blocks);
    final PartTable restored = reread();
    restored.load(blocks);
    final Part first = new Part(1, 2);
    final List<BlockState> parts = List.of(first, new Part(3));
    parts.forEach(BlockState::markClean);
    restored.attach(parts);
    first.set(0, 7);
    assertEquals(1, pack(restored, parts, 5));
    assertEquals(3, keys().size());
    assertLoads(parts, reread());
  }

  @Test
  void tableThatWasOnlyReadIsWrittenAgainWithItsPack() throws Exception {
    final List<BlockState> parts = List.of(new Part(1, 2, 3), new Part(4));
    pack(table, parts, 20);
    final PartTable read = reread();
    final byte[] written = out.toByteArray();
    out.reset();
    read.write(out);
    assertArrayEquals(written, out.toByteArray());
  }

  @Test
  void attachedPackIsNotWrittenWithoutItsParts() throws Exception {
    pack(table, List.of(new Part(1)), 20);
    final PartTable restored = reread();
    restored.attach(List.of(new Part(1)));
    assertThrows(IllegalStateException.class, () -> restored.write(new ImageWriter()));
  }

  @Test
  void tableOfVersionOneLiesInTheMap() {
    out.reset().begin("PTAB", 1).putInt(3).putInt(2).putInt(0).putInt(4).putInt(2).putInt(1);
    final PartTable read = reread();
    assertFalse(read.isPacked());
    assertFalse(read.isEmpty());
    read.attach(List.of(new Part(1, 2, 3, 4), new Part(5)));
  }

  @Test
  void damagedPackIsRefused() throws Exception {
    pack(table, List.of(new Part(1, 2, 3), new Part(4)), 20);
    final byte[] image = out.toByteArray();
    for (int length = 0; length < image.length; length++) {
      final byte[] cut = Arrays.copyOf(image, length);
      assertThrows(
          MalformedImageException.class,
          () -> PartTable.read(new ImageReader(cut)),
          "cut " + length);
    }
    // The number of blocks of the first part: kind and version, the flag, the number of parts.
    image[13] = 9;
    assertThrows(MalformedImageException.class, () -> PartTable.read(new ImageReader(image)));
  }

  @Test
  void missingBlockIsNamed() throws Exception {
    save(List.of(new Part(1), new Part(2, 3)), blocks);
    blocks.remove(PartTable.key(1, 1));
    final var problem =
        assertThrows(MalformedImageException.class, () -> table.load(blocks).block(1, 1));
    assertEquals("block 1 of part 1 is missing from the model's state", problem.getMessage());
  }
}
