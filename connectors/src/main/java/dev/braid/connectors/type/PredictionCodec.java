package dev.braid.connectors.type;

import dev.braid.connectors.PredictionRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class PredictionCodec implements Codec<PredictionRecord> {
  private final Names classes = new Names();
  private final Names experts = new Names();

  @Override
  public void write(final PredictionRecord record, final DataOutputView out) throws IOException {
    Binary.writeText(out, record.id());
    Binary.writeText(out, record.key());
    out.writeLong(record.timestamp());
    Binary.writeText(out, record.predicted());
    classes.write(out, record.classes());
    Binary.writeDoubles(out, record.probabilities());
    experts.write(out, record.experts());
    Binary.writeDoubles(out, record.weights());
    out.writeLong(record.modelVersion());
  }

  @Override
  public PredictionRecord read(final DataInputView in) throws IOException {
    return new PredictionRecord(
        Binary.readText(in),
        Binary.readText(in),
        in.readLong(),
        Binary.readText(in),
        classes.readList(in),
        Binary.readDoubles(in),
        experts.readList(in),
        Binary.readDoubles(in),
        in.readLong());
  }
}
