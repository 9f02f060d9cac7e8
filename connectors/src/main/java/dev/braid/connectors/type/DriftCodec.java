package dev.braid.connectors.type;

import dev.braid.connectors.DriftRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class DriftCodec implements RecordCodec<DriftRecord> {

  @Override
  public void write(final DriftRecord record, final DataOutputView out) throws IOException {
    Binary.writeText(out, record.key());
    out.writeLong(record.timestamp());
    out.writeLong(record.event());
    Binary.writeText(out, record.kind());
    Binary.writeText(out, record.subject());
    Binary.writeText(out, record.reason());
  }

  @Override
  public DriftRecord read(final DataInputView in) throws IOException {
    return new DriftRecord(
        Binary.readText(in),
        in.readLong(),
        in.readLong(),
        Binary.readText(in),
        Binary.readText(in),
        Binary.readText(in));
  }
}
