package dev.braid.jobs.operator;

import dev.braid.connectors.type.Codec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The binary form of one kind of block, between two tasks of one job. */
abstract class BlockCodec<T> implements Codec<T> {
  /** Bytes, or null. */
  static void writeBytes(final byte[] bytes, final DataOutputView out) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  static byte[] readBytes(final DataInputView in) throws IOException {
    final int length = in.readInt();
    if (length < 0) {
      return null;
    }
    final byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  /** Text, or null. */
  static void writeText(final String text, final DataOutputView out) throws IOException {
    writeBytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(final DataInputView in) throws IOException {
    final byte[] bytes = readBytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  static void writeDoubles(final double[] values, final int count, final DataOutputView out)
      throws IOException {
    for (int i = 0; i < count; i++) {
      out.writeDouble(values[i]);
    }
  }

  static double[] readDoubles(final int count, final DataInputView in) throws IOException {
    final double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  static void writeInts(final int[] values, final DataOutputView out) throws IOException {
    out.writeInt(values.length);
    for (final int value : values) {
      out.writeInt(value);
    }
  }

  static int[] readInts(final DataInputView in) throws IOException {
    final int[] values = new int[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }
}
