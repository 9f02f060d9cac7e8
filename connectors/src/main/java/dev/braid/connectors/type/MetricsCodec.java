package dev.braid.connectors.type;

import dev.braid.connectors.ClassScores;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.NumberScores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class MetricsCodec implements RecordCodec<MetricsRecord> {
  private final Names classes = new Names();

  @Override
  public void write(final MetricsRecord record, final DataOutputView out) throws IOException {
    Binary.writeText(out, record.key());
    out.writeLong(record.timestamp());
    out.writeLong(record.events());
    out.writeLong(record.labelled());
    out.writeBoolean(record.classes() != null);
    if (record.classes() != null) {
      writeClasses(record.classes(), out);
    }
    writeByName(record.expertShare(), out);
    writeByName(record.expertWeight(), out);
    out.writeDouble(record.weightEntropy());
    writeByName(record.featureImportance(), out);
    out.writeLong(record.drifts());
    out.writeLong(record.pending());
    out.writeLong(record.expired());
    out.writeLong(record.pendingLabels());
    out.writeLong(record.expiredLabels());
    out.writeLong(record.ignoredFeatures());
    out.writeLong(record.stateBytes());
    out.writeDouble(record.learnerMicros());
    out.writeLong(record.checkpoint());
    out.writeBoolean(record.numbers() != null);
    if (record.numbers() != null) {
      writeNumbers(record.numbers(), out);
    }
  }

  @Override
  public MetricsRecord read(final DataInputView in) throws IOException {
    return new MetricsRecord(
        Binary.readText(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? readClasses(in) : null,
        readByName(in),
        readByName(in),
        in.readDouble(),
        readByName(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readLong(),
        in.readBoolean() ? readNumbers(in) : null);
  }

  private static void writeNumbers(final NumberScores scores, final DataOutputView out)
      throws IOException {
    out.writeDouble(scores.mae());
    out.writeDouble(scores.rmse());
    out.writeDouble(scores.r2());
    out.writeDouble(scores.coverage());
    out.writeDouble(scores.windowMae());
    out.writeDouble(scores.windowRmse());
    out.writeDouble(scores.windowR2());
    out.writeDouble(scores.windowCoverage());
  }

  private static NumberScores readNumbers(final DataInputView in) throws IOException {
    return new NumberScores(
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble());
  }

  private void writeClasses(final ClassScores scores, final DataOutputView out) throws IOException {
    out.writeDouble(scores.accuracy());
    out.writeDouble(scores.kappa());
    out.writeDouble(scores.kappaM());
    out.writeDouble(scores.kappaT());
    out.writeDouble(scores.logLoss());
    out.writeDouble(scores.brier());
    out.writeDouble(scores.calibrationError());
    out.writeDouble(scores.windowAccuracy());
    out.writeDouble(scores.windowKappa());
    out.writeDouble(scores.windowLogLoss());
    classes.write(out, scores.confusionClasses());
    Binary.writeLength(out, scores.confusion().size());
    for (final long count : scores.confusion()) {
      out.writeLong(count);
    }
  }

  private ClassScores readClasses(final DataInputView in) throws IOException {
    return new ClassScores(
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        classes.readList(in),
        readCounts(in));
  }

  private static List<Long> readCounts(final DataInputView in) throws IOException {
    final int size = Binary.readLength(in);
    final List<Long> counts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      counts.add(in.readLong());
    }
    return Collections.unmodifiableList(counts);
  }

  private static void writeByName(final Map<String, Double> values, final DataOutputView out)
      throws IOException {
    Binary.writeLength(out, values.size());
    for (final Map.Entry<String, Double> value : values.entrySet()) {
      Binary.writeText(out, value.getKey());
      out.writeDouble(value.getValue());
    }
  }

  private static Map<String, Double> readByName(final DataInputView in) throws IOException {
    final int size = Binary.readLength(in);
    final Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      values.put(Binary.readText(in), in.readDouble());
    }
    return Collections.unmodifiableMap(values);
  }
}
