package dev.braid.jobs.operator;

import dev.braid.connectors.type.Binary;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class AnswerCodec extends BatchCodec<AnswerBatch> {
  @Override
  public void write(final AnswerBatch batch, final DataOutputView out) throws IOException {
    Binary.writeText(out, batch.model());
    out.writeInt(batch.shard());
    out.writeInt(batch.count());
    writeInts(batch.places(), out);
    out.writeInt(batch.width());
    writeDoubles(batch.rows(), batch.rows().length, out);
    out.writeInt(batch.sizes().length);
    for (final long size : batch.sizes()) {
      out.writeLong(size);
    }
    writeInts(batch.changes(), out);
    out.writeBoolean(batch.failures() != null);
    if (batch.failures() != null) {
      for (final String failure : batch.failures()) {
        Binary.writeText(out, failure);
      }
    }
    out.writeLong(batch.nanos());
  }

  @Override
  public AnswerBatch read(final DataInputView in) throws IOException {
    final String model = Binary.readText(in);
    final int shard = in.readInt();
    final int count = in.readInt();
    final int[] places = readInts(in);
    final int width = in.readInt();
    final double[] rows = readDoubles(count * places.length * width, in);
    final long[] sizes = new long[in.readInt()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = in.readLong();
    }
    final int[] changes = readInts(in);
    String[] failures = null;
    if (in.readBoolean()) {
      failures = new String[count];
      for (int t = 0; t < count; t++) {
        failures[t] = Binary.readText(in);
      }
    }
    return new AnswerBatch(
        model, shard, count, places, width, rows, sizes, changes, failures, in.readLong());
  }
}
