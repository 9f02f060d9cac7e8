package dev.braid.connectors.type;

import dev.braid.connectors.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The elements binary forms are made of. */
public final class Binary {
  /** Elements for which there is room before it is known whether more are there. */
  private static final int STEP = 1 << 12;

  private Binary() {}

  /** Seven bits a byte, lowest first: one byte for the small numbers that lengths mostly are. */
  static void writeLength(final DataOutputView out, final int length) throws IOException {
    int rest = length;
    while (rest >>> 7 != 0) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  static int readLength(final DataInputView in) throws IOException {
    int length = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      final int next = in.readByte();
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return length;
      }
    }
    throw new IOException("a length in a serialized record does not end");
  }

  /** Bytes or null. */
  public static void writeBytes(final DataOutputView out, final byte[] bytes) throws IOException {
    if (bytes == null) {
      writeLength(out, 0);
    } else {
      writeLength(out, bytes.length + 1);
      out.write(bytes);
    }
  }

  /** What {@link #writeBytes} wrote. */
  public static byte[] readBytes(final DataInputView in) throws IOException {
    final int length = readLength(in) - 1;
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[Math.min(length, STEP)];
    int read = 0;
    while (true) {
      in.readFully(bytes, read, bytes.length - read);
      read = bytes.length;
      if (read == length) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
    }
  }

  /** Text or null. */
  public static void writeText(final DataOutputView out, final String text) throws IOException {
    writeBytes(out, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /** What {@link #writeText} wrote. */
  public static String readText(final DataInputView in) throws IOException {
    final byte[] bytes = readBytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  static void writeDoubles(final DataOutputView out, final double[] values) throws IOException {
    writeLength(out, values.length);
    for (final double value : values) {
      out.writeDouble(value);
    }
  }

  static double[] readDoubles(final DataInputView in) throws IOException {
    final int length = readLength(in);
    if (length < 0) {
      throw new IOException("a serialized record has " + length + " numbers");
    }
    double[] values = new double[Math.min(length, STEP)];
    for (int i = 0; i < length; i++) {
      if (i == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(length, 2L * i));
      }
      values[i] = in.readDouble();
    }
    return values;
  }

  static void writeOrigin(final DataOutputView out, final Origin origin) throws IOException {
    writeText(out, origin.topic());
    out.writeInt(origin.partition());
    out.writeLong(origin.offset());
    writeBytes(out, origin.recordKey());
    writeBytes(out, origin.bytes());
    out.writeInt(origin.length());
  }

  static Origin readOrigin(final DataInputView in) throws IOException {
    return new Origin(
        readText(in), in.readInt(), in.readLong(), readBytes(in), readBytes(in), in.readInt());
  }
}
