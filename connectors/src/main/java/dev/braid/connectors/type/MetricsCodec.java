package dev.braid.connectors.type;

import dev.braid.connectors.MetricsRecord;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class MetricsCodec implements Codec<MetricsRecord> {

  @Override
  public void write(final MetricsRecord record, final DataOutputView out) throws IOException {
    Binary.writeText(out, record.key());
    out.writeLong(record.timestamp());
    out.writeLong(record.events());
    out.writeLong(record.labelled());
    out.writeDouble(record.accuracy());
    out.writeDouble(record.kappaM());
    out.writeDouble(record.kappaT());
    out.writeDouble(record.windowAccuracy());
    Binary.writeLength(out, record.expertShare().size());
    for (final Map.Entry<String, Double> share : record.expertShare().entrySet()) {
      Binary.writeText(out, share.getKey());
      out.writeDouble(share.getValue());
    }
    out.writeDouble(record.weightEntropy());
    out.writeLong(record.drifts());
    out.writeLong(record.pending());
    out.writeLong(record.expired());
    out.writeLong(record.ignoredFeatures());
    out.writeLong(record.stateBytes());
  }

  @Override
  public MetricsRecord read(final DataInputView in) throws IOException {
    return new MetricsRecord(
        Binary.readText(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        readShares(in),
        in.readDouble(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }

  private static Map<String, Double> readShares(final DataInputView in) throws IOException {
    final int size = Binary.readLength(in);
    final Map<String, Double> shares = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      shares.put(Binary.readText(in), in.readDouble());
    }
    return Collections.unmodifiableMap(shares);
  }
}
