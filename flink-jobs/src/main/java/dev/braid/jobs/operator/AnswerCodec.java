package dev.braid.jobs.operator;

import dev.braid.connectors.type.Binary;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class AnswerCodec extends BlockCodec<AnswerBlock> {
  @Override
  public void write(final AnswerBlock block, final DataOutputView out) throws IOException {
    Binary.writeText(out, block.model());
    out.writeInt(block.shard());
    out.writeInt(block.count());
    writeInts(block.places(), out);
    out.writeInt(block.width());
    writeDoubles(block.rows(), block.rows().length, out);
    out.writeInt(block.sizes().length);
    for (final long size : block.sizes()) {
      out.writeLong(size);
    }
    writeInts(block.replaced(), out);
    out.writeBoolean(block.failures() != null);
    if (block.failures() != null) {
      for (final String failure : block.failures()) {
        Binary.writeText(out, failure);
      }
    }
    out.writeLong(block.nanos());
  }

  @Override
  public AnswerBlock read(final DataInputView in) throws IOException {
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
    final int[] replaced = readInts(in);
    String[] failures = null;
    if (in.readBoolean()) {
      failures = new String[count];
      for (int t = 0; t < count; t++) {
        failures[t] = Binary.readText(in);
      }
    }
    return new AnswerBlock(
        model, shard, count, places, width, rows, sizes, replaced, failures, in.readLong());
  }
}
