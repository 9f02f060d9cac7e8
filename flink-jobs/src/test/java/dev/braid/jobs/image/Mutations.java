package dev.braid.jobs.image;

import dev.braid.state.image.ImageWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages images as disks, wires and attackers do. */
final class Mutations {
  private static final int[] INTS = {
    0, 1, -1, 2, 7, 100, 65_536, 1 << 24, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE
  };
  private static final double[] DOUBLES = {
    0,
    -0.0,
    -1,
    1,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    1e300,
    -1e-300
  };

  private final SplittableRandom random;

  Mutations(final long seed) {
    random = new SplittableRandom(seed);
  }

  /** A damaged copy, one in eight with the old checksum and the others with the right one. */
  byte[] damaged(final byte[] image) {
    if (random.nextInt(8) == 0) {
      return change(image);
    }
    byte[] content = Arrays.copyOf(image, image.length - ImageWriter.CHECKSUM_BYTES);
    for (int times = 1 + random.nextInt(2); times > 0 && content.length > 0; times--) {
      content = change(content);
    }
    return new ImageWriter().putRaw(content).toByteArray();
  }

  private byte[] change(final byte[] old) {
    final byte[] bytes = old.clone();
    final int at = random.nextInt(bytes.length);
    switch (random.nextInt(10)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2, 3 -> putInt(bytes, at, INTS[random.nextInt(INTS.length)]);
      case 4 -> putInt(bytes, at, random.nextInt(-3, 64));
      case 5 -> addToInt(bytes, at, random.nextInt(-3, 4));
      case 6 -> putDouble(bytes, at, DOUBLES[random.nextInt(DOUBLES.length)]);
      case 7 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 8 -> {
        return cut(bytes, at, random.nextInt(1, 17));
      }
      default -> {
        final int from = random.nextInt(bytes.length);
        final int length = Math.min(random.nextInt(1, 65), bytes.length - Math.max(from, at));
        System.arraycopy(old, from, bytes, at, length);
      }
    }
    return bytes;
  }

  private static void putInt(final byte[] bytes, final int at, final int value) {
    if (at + Integer.BYTES <= bytes.length) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }
  }

  private static void addToInt(final byte[] bytes, final int at, final int more) {
    if (at + Integer.BYTES <= bytes.length) {
      final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      buffer.putInt(at, buffer.getInt(at) + more);
    }
  }

  private static void putDouble(final byte[] bytes, final int at, final double value) {
    if (at + Double.BYTES <= bytes.length) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(at, value);
    }
  }

  private static byte[] cut(final byte[] bytes, final int at, final int length) {
    final int end = Math.min(bytes.length, at + length);
    final byte[] shorter = Arrays.copyOf(bytes, bytes.length - (end - at));
    System.arraycopy(bytes, end, shorter, at, bytes.length - end);
    return shorter;
  }
}
