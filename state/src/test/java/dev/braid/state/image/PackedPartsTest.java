package dev.braid.state.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** All chunks of a model in one run of bytes, of which a long one is deflated. */
class PackedPartsTest {
  private static final int LONG = 1500;

  /** Arrays of all sorts, between single numbers. */
  private record Arrays(int length) implements Part {
    @Override
    public int chunkCount() {
      return 2;
    }

    @Override
    public boolean isDirty(final int chunk) {
      return true;
    }

    @Override
    public void writeChunk(final int chunk, final ImageWriter out) {
      final SplittableRandom random = new SplittableRandom(chunk);
      final int[] ints = random.ints(length, 0, 1000).toArray();
      final double[] doubles = random.doubles(length).toArray();
      final long[] longs = random.longs(length, 0, 1L << 40).toArray();
      final float[] floats = new float[length];
      final byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        floats[i] = (float) doubles[i];
        bytes[i] = (byte) (ints[i] % 5);
      }
      out.putByte(chunk).putInts(ints, length).putLong(7).putDoubles(doubles, length);
      out.putLongs(longs, length).putFloats(floats, length).putBytes(bytes).putString("end");
      Column.write(floats, length, out);
    }

    @Override
    public void markClean() {}
  }

  private static final List<Part> PARTS = List.of(new Arrays(LONG), new Arrays(3));

  private static ImageWriter written(final List<Part> parts) {
    final ImageWriter out = new ImageWriter().putInt(11);
    PackedParts.writeDeflated(parts, out);
    return out.putInt(12);
  }

  private static PackedParts read(final ImageWriter out) {
    final ImageReader in = new ImageReader(out.toByteArray());
    assertEquals(11, in.getInt());
    final PackedParts packed = PackedParts.read(in);
    assertEquals(12, in.getInt());
    in.end();
    return packed;
  }

  private static void assertHolds(final List<Part> parts, final PackedParts packed) {
    assertEquals(parts.size(), packed.partCount());
    for (int p = 0; p < parts.size(); p++) {
      assertEquals(parts.get(p).chunkCount(), packed.chunkCount(p));
      for (int c = 0; c < packed.chunkCount(p); c++) {
        final ImageWriter chunk = new ImageWriter();
        chunk.noteArrays(new ArrayPlaces());
        parts.get(p).writeChunk(c, chunk);
        assertArrayEquals(chunk.toRaw(), packed.chunk(p, c).rest());
      }
    }
  }

  @Test
  void chunksComeBackToTheLastBit() {
    assertHolds(PARTS, read(written(PARTS)));
    final List<Part> small = List.of(new Arrays(20));
    assertHolds(small, read(written(small)));
  }

  @Test
  void longOnesTakeFewerBytes() {
    long whole = 0;
    for (int c = 0; c < 2; c++) {
      final ImageWriter chunk = new ImageWriter();
      PARTS.get(0).writeChunk(c, chunk);
      whole += chunk.size();
    }
    final int packed = written(PARTS).size();
    assertTrue(packed < whole / 4 * 3, packed + " bytes of " + whole);
  }

  @Test
  void whatWasReadIsWrittenAgainAsItWas() {
    for (final List<Part> parts : List.of(PARTS, List.<Part>of(new Arrays(20)))) {
      final ImageWriter out = written(parts);
      final ImageWriter again = new ImageWriter().putInt(11);
      read(out).write(again);
      assertArrayEquals(out.toByteArray(), again.putInt(12).toByteArray());
    }
  }

  @Test
  void whereTheyMayTakeSoManyBytesNoneIsDeflated() {
    final ImageWriter out = new ImageWriter().putInt(11);
    assertFalse(PackedParts.write(PARTS, 64 << 10, out));
    assertEquals(Integer.BYTES, out.size());
    assertTrue(PackedParts.write(PARTS, 128 << 10, out));
    assertTrue(out.size() > written(PARTS).size());
    final PackedParts packed = read(out.putInt(12));
    final ImageWriter chunk = new ImageWriter();
    PARTS.get(0).writeChunk(1, chunk);
    assertArrayEquals(chunk.toRaw(), packed.chunk(0, 1).rest());
  }

  @Test
  void damageIsRefusedOrHarmless() {
    final byte[] image = written(PARTS).toRaw();
    final SplittableRandom random = new SplittableRandom(5);
    int refused = 0;
    for (int round = 0; round < 200; round++) {
      final byte[] damaged = image.clone();
      // The lengths of streams and the places of arrays lie at the front.
      final int reach = round % 2 == 0 ? 500 : damaged.length;
      damaged[4 + random.nextInt(reach - 4)] ^= (byte) (1 << random.nextInt(8));
      final ImageReader in = new ImageReader(new ImageWriter().putRaw(damaged).toByteArray());
      in.getInt();
      try {
        PackedParts.read(in);
      } catch (final MalformedImageException expected) {
        refused++;
      }
    }
    assertTrue(refused > 50, refused + " refused");
  }

  @Test
  void aStreamOfTooManyBytesIsRefusedBeforeThereIsRoomForIt() {
    final ImageWriter out = new ImageWriter().putInts(new int[] {1}, 1).putInt(1 << 30);
    out.putBoolean(true).putInt(1 << 30).putInt(8).putLong(0);
    final ImageReader in = new ImageReader(out.toByteArray());
    assertThrows(MalformedImageException.class, () -> PackedParts.read(in));
  }
}
