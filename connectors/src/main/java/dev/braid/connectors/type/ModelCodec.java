package dev.braid.connectors.type;

import dev.braid.connectors.ModelRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ModelCodec implements RecordCodec<ModelRecord> {

  @Override
  public void write(final ModelRecord model, final DataOutputView out) throws IOException {
    Binary.writeText(out, model.key());
    Binary.writeBytes(out, model.value());
  }

  @Override
  public ModelRecord read(final DataInputView in) throws IOException {
    return new ModelRecord(Binary.readText(in), Binary.readBytes(in));
  }
}
