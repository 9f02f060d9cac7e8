package dev.braid.connectors.type;

import dev.braid.connectors.LabelRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class LabelCodec implements RecordCodec<LabelRecord> {

  @Override
  public void write(final LabelRecord label, final DataOutputView out) throws IOException {
    Binary.writeText(out, label.id());
    Binary.writeText(out, label.key());
    out.writeLong(label.timestamp());
    Binary.writeText(out, label.label());
    Binary.writeOrigin(out, label.origin());
  }

  @Override
  public LabelRecord read(final DataInputView in) throws IOException {
    return new LabelRecord(
        Binary.readText(in),
        Binary.readText(in),
        in.readLong(),
        Binary.readText(in),
        Binary.readOrigin(in));
  }
}
