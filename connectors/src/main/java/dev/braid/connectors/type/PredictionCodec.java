package dev.braid.connectors.type;

import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class PredictionCodec implements RecordCodec<PredictionRecord> {
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
    writeNumber(record.number(), out);
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
        readNumber(in),
        experts.readList(in),
        Binary.readDoubles(in),
        in.readLong());
  }

  private static void writeNumber(final PredictedNumber number, final DataOutputView out)
      throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeDouble(number.value());
      out.writeDouble(number.lower());
      out.writeDouble(number.upper());
      writeList(number.levels(), out);
      writeList(number.quantiles(), out);
    }
  }

  private static PredictedNumber readNumber(final DataInputView in) throws IOException {
    return in.readBoolean()
        ? new PredictedNumber(
            in.readDouble(), in.readDouble(), in.readDouble(), readList(in), readList(in))
        : null;
  }

  private static void writeList(final List<Double> values, final DataOutputView out)
      throws IOException {
    Binary.writeDoubles(out, values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static List<Double> readList(final DataInputView in) throws IOException {
    return Arrays.stream(Binary.readDoubles(in)).boxed().toList();
  }
}
