package dev.braid.jobs.operator;

import dev.braid.connectors.type.Binary;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TaskCodec extends BatchCodec<TaskBatch> {
  @Override
  public void write(final TaskBatch batch, final DataOutputView out) throws IOException {
    Binary.writeText(out, batch.shard());
    out.writeBoolean(batch.dropped());
    out.writeBoolean(batch.fresh());
    Binary.writeBytes(out, batch.schema());
    out.writeInt(batch.features());
    out.writeInt(batch.count());
    out.write(batch.kinds(), 0, batch.count());
    writeDoubles(batch.x(), batch.count() * batch.features(), out);
    for (int t = 0; t < batch.count(); t++) {
      if ((batch.kinds()[t] & TaskBatch.LEARN) != 0) {
        out.writeDouble(batch.targets()[t]);
      }
    }
  }

  @Override
  public TaskBatch read(final DataInputView in) throws IOException {
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
      if ((kinds[t] & TaskBatch.LEARN) != 0) {
        targets[t] = in.readDouble();
      }
    }
    return new TaskBatch(shard, dropped, fresh, schema, features, count, kinds, x, targets);
  }
}
