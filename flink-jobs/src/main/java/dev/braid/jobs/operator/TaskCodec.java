package dev.braid.jobs.operator;

import dev.braid.connectors.type.Binary;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TaskCodec extends BlockCodec<TaskBlock> {
  @Override
  public void write(final TaskBlock block, final DataOutputView out) throws IOException {
    Binary.writeText(out, block.shard());
    out.writeBoolean(block.dropped());
    out.writeBoolean(block.fresh());
    Binary.writeBytes(out, block.schema());
    out.writeInt(block.features());
    out.writeInt(block.count());
    out.write(block.kinds(), 0, block.count());
    writeDoubles(block.x(), block.count() * block.features(), out);
    for (int t = 0; t < block.count(); t++) {
      if ((block.kinds()[t] & TaskBlock.LEARN) != 0) {
        out.writeDouble(block.targets()[t]);
      }
    }
  }

  @Override
  public TaskBlock read(final DataInputView in) throws IOException {
    final String shard = Binary.readText(in);
    final boolean dropped = in.readBoolean();
    final boolean fresh = in.readBoolean();
    final byte[] schema = Binary.readBytes(in);
    final int features = in.readInt();
    final int count = in.readInt();
    final byte[] kinds = new byte[count];
    in.readFully(kinds);
    final double[] x = readDoubles(count * features, in);
    final double[] targets = new double[count];
    for (int t = 0; t < count; t++) {
      if ((kinds[t] & TaskBlock.LEARN) != 0) {
        targets[t] = in.readDouble();
      }
    }
    return new TaskBlock(shard, dropped, fresh, schema, features, count, kinds, x, targets);
  }
}
