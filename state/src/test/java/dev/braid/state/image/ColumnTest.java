package dev.braid.state.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Columns of numbers come back to the last bit, and take few bytes where they repeat. */
class ColumnTest {
  private static final int ROWS = 1000;

  private static double[] doubles(final IntToDoubleFunction value) {
    final double[] values = new double[ROWS];
    Arrays.setAll(values, value);
    return values;
  }

  private static float[] floats(final IntToDoubleFunction value) {
    final float[] values = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return values;
  }

  /** Writes and reads a column; returns its bytes. */
  private static int bytes(final double[] values) {
    final ImageWriter out = new ImageWriter();
    Column.write(values, values.length, out);
    final double[] read = new double[values.length];
    final ImageReader in = new ImageReader(out.toByteArray());
    Column.read(read, read.length, in);
    in.end();
    for (int i = 0; i < read.length; i++) {
      assertEquals(Double.doubleToRawLongBits(values[i]), Double.doubleToRawLongBits(read[i]));
    }
    return out.size();
  }

  private static int bytes(final float[] values, final float[] beside) {
    final ImageWriter out = new ImageWriter();
    Column.write(values, beside, values.length, out);
    final float[] read = new float[values.length];
    final ImageReader in = new ImageReader(out.toByteArray());
    Column.read(read, beside, read.length, in);
    in.end();
    for (int i = 0; i < read.length; i++) {
      assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(read[i]));
    }
    return out.size();
  }

  private static int bytes(final float[] values) {
    return bytes(values, null);
  }

  @Test
  void whatIsAllAlikeTakesAFewBytes() {
    assertTrue(bytes(doubles(i -> Math.PI)) < 20);
    assertTrue(bytes(floats(i -> Math.E)) < 20);
    assertTrue(bytes(doubles(i -> Double.NaN)) < 20);
  }

  @Test
  void fewDifferentValuesAreCodes() {
    assertTrue(bytes(doubles(i -> i % 2 == 0 ? -1.5 : 0.1)) < ROWS / 8 + 40);
    assertTrue(bytes(floats(i -> i % 3 * 0.1)) < ROWS / 4 + 40);
    assertTrue(bytes(floats(i -> i % 16 * 0.1)) < ROWS / 2 + 90);
    assertTrue(bytes(doubles(i -> i * 7 % 250 / 100.0)) < ROWS + 8 * 250 + 20);
    assertTrue(bytes(floats(i -> i % 256 * 0.1)) < ROWS + 4 * 256 + 20);
  }

  @Test
  void wholeNumbersAreBytes() {
    assertTrue(bytes(doubles(i -> i * 31 % 256)) < ROWS + 20);
    assertEquals(6, bytes(new double[] {7}));
    assertEquals(6, bytes(new float[] {255}));
  }

  @Test
  void doublesWithoutMoreDigitsAreFloats() {
    assertTrue(bytes(doubles(i -> (float) Math.sqrt(i + 300))) < 4 * ROWS + 20);
    assertTrue(bytes(doubles(i -> Math.sqrt(i))) > 8 * ROWS);
  }

  @Test
  void aColumnLikeTheOtherOneIsItsDifferences() {
    final float[] other = floats(Math::sqrt);
    assertTrue(bytes(other, other) < 20);
    assertTrue(bytes(floats(i -> -(float) Math.sqrt(i)), other) < 20);
    assertTrue(
        bytes(floats(i -> i % 100 == 7 ? 9 : -(float) Math.sqrt(i)), other) < 20 + 8 * ROWS / 100);
    assertTrue(bytes(floats(i -> i % 2), other) < ROWS / 8 + 40, "codes are shorter here");
  }

  @Test
  void aColumnAFewStepsOfRoundingBesideTheOtherOneIsTheSteps() {
    final float[] other = floats(i -> Math.cos(i));
    final float[] near = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      near[i] = -other[i] + (i % 4 - 2) * Math.ulp(other[i]);
    }
    assertTrue(bytes(near, other) < ROWS / 4 + 60, bytes(near, other) + " bytes");
    near[7] = 5;
    assertTrue(bytes(near, other) < ROWS / 4 + 70, bytes(near, other) + " bytes");
    assertTrue(
        bytes(floats(i -> i % 2 == 0 ? 0.0 : -0.0), floats(i -> i % 3 == 0 ? 0.0 : -0.0)) < 200);
  }

  @Test
  void someHundredDifferentValuesAreCodesToo() {
    final int bytes = bytes(floats(i -> Math.sqrt(i * 7 % 400)));
    assertTrue(bytes < ROWS * 9 / 8 + 4 * 400 + 20, bytes + " bytes");
  }

  @Test
  void valuesOfLikeSizeSaveTheirExponents() {
    final int between = bytes(floats(i -> 0.5 + Math.abs(Math.sin(i)) / 2));
    assertTrue(between < ROWS * 3 + 40, between + " bytes");
    final int nearOne = bytes(floats(i -> 1 - Math.abs(Math.sin(i)) / 1000));
    assertTrue(nearOne < ROWS * 8 / 3 + 60, nearOne + " bytes");
  }

  @Test
  void countsRangesAndMeansTakeWhatEachNeeds() {
    final int bytes =
        bytes(
            doubles(
                i ->
                    switch (i % 5) {
                      case 0 -> i % 200;
                      case 1 -> Math.sqrt(i);
                      case 2 -> i / 1e6;
                      case 3 -> 0.3;
                      default -> -0.0;
                    }));
    assertTrue(bytes < ROWS / 4 + ROWS / 5 * (1 + 8 + 4 + 1 + 1) + 40, bytes + " bytes");
    final SplittableRandom random = new SplittableRandom(6);
    for (int round = 0; round < 200; round++) {
      final int shift = round % 60;
      bytes(
          doubles(
              i ->
                  i % 3 == 0
                      ? random.nextInt(-400, 400)
                      : Double.longBitsToDouble(random.nextLong() >> shift)));
    }
  }

  @Test
  void aDamagedMixtureIsRefused() {
    final ImageWriter out = new ImageWriter();
    Column.write(doubles(i -> i % 3 == 0 ? i % 100 : Math.sqrt(i % 50)), ROWS, out);
    final ImageWriter mixed = new ImageWriter();
    Column.write(
        doubles(i -> i % 3 == 0 ? i % 100 : i % 3 == 1 ? 0.25 : Math.sqrt(i)), ROWS, mixed);
    final SplittableRandom random = new SplittableRandom(5);
    for (final byte[] raw : new byte[][] {out.toRaw(), mixed.toRaw()}) {
      for (int round = 0; round < 2000; round++) {
        final byte[] broken = raw.clone();
        broken[random.nextInt(round % 2 == 0 ? 300 : broken.length)] = (byte) random.nextInt(256);
        final ImageReader in = new ImageReader(new ImageWriter().putRaw(broken).toByteArray());
        try {
          Column.read(new double[ROWS], ROWS, in);
        } catch (final MalformedImageException refused) {
          assertTrue(refused.getMessage().length() > 10);
        }
      }
    }
  }

  @Test
  void damagedPackingIsRefused() {
    final float[] many = floats(i -> Math.sqrt(i * 7 % 400));
    final float[] alike = floats(i -> 1 - Math.abs(Math.sin(i)) / 1000);
    for (final float[] values : new float[][] {many, alike}) {
      final ImageWriter out = new ImageWriter();
      Column.write(values, ROWS, out);
      final byte[] raw = out.toRaw();
      final SplittableRandom random = new SplittableRandom(5);
      for (int round = 0; round < 2000; round++) {
        final byte[] broken = raw.clone();
        broken[random.nextInt(round % 2 == 0 ? 16 : broken.length)] = (byte) random.nextInt(256);
        final ImageReader in = new ImageReader(new ImageWriter().putRaw(broken).toByteArray());
        try {
          Column.read(new float[ROWS], ROWS, in);
        } catch (final MalformedImageException refused) {
          assertTrue(refused.getMessage().length() > 10);
        }
      }
    }
  }

  @Test
  void whateverTheBitsTheyComeBack() {
    final SplittableRandom random = new SplittableRandom(3);
    final double[] special = {
      0.0, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, 256, 255, -1, Double.MIN_VALUE, 0.1f
    };
    for (int round = 0; round < 300; round++) {
      final int different = 1 + random.nextInt(400);
      final double[] values = new double[random.nextInt(600)];
      final float[] floats = new float[values.length];
      final float[] beside = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        final int which = random.nextInt(different);
        values[i] = which < special.length ? special[which] : Math.sqrt(which);
        floats[i] = (float) values[i];
        beside[i] = random.nextInt(8) == 0 ? 1 : -floats[i];
      }
      bytes(values);
      bytes(floats);
      bytes(floats, beside);
      for (int i = 0; i < floats.length; i++) {
        floats[i] = Float.intBitsToFloat(random.nextInt() >> (round % 32));
        beside[i] =
            Float.intBitsToFloat(Float.floatToRawIntBits(floats[i]) + random.nextInt(-9, 9));
      }
      bytes(floats);
      bytes(floats, beside);
    }
  }

  @Test
  void aColumnOfAnotherLengthIsRefused() {
    final ImageWriter out = new ImageWriter();
    Column.write(doubles(i -> i % 2), ROWS, out);
    Column.write(floats(i -> Math.sqrt(i)), ROWS, out);
    final byte[] image = out.toByteArray();
    final ImageReader in = new ImageReader(image);
    assertThrows(
        MalformedImageException.class, () -> Column.read(new double[2 * ROWS], 2 * ROWS, in));
    final ImageReader again = new ImageReader(image);
    final double[] read = new double[ROWS];
    Column.read(read, ROWS, again);
    assertArrayEquals(doubles(i -> i % 2), read);
    assertThrows(MalformedImageException.class, () -> Column.read(new float[9], 9, again));
  }

  @Test
  void aFormThatIsNoneIsRefused() {
    final ImageReader in = new ImageReader(new ImageWriter().putByte(9).toByteArray());
    assertThrows(MalformedImageException.class, () -> Column.read(new double[1], 1, in));
  }
}
