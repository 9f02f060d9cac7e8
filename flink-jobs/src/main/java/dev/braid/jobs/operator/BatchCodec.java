package dev.braid.jobs.operator;

import dev.braid.connectors.type.RecordCodec;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The binary form of one kind of batch, between two tasks of one job. */
abstract class BatchCodec<T> implements RecordCodec<T> {
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
