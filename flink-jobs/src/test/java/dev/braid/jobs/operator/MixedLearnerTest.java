package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** A table's changes: rows are inserted without their outcome, and updated with it later. */
class MixedLearnerTest {
  private static final int EVENTS = 400;
  private static final int LATER = 50;

  private final RecordDecoder changes =
      RecordFormats.events("debezium", DecoderOptions.DEFAULT, Map.of());
  private final RecordDecoder events =
      RecordFormats.events("json", DecoderOptions.DEFAULT, Map.of());
  private final RecordDecoder labels =
      RecordFormats.labels("json", DecoderOptions.DEFAULT, Map.of());

  @Test
  @SuppressWarnings("try") // Flink's harness lets close be interrupted.
  void changesTeachAsEventsAndTheirLateLabelsDoToTheBit() throws Exception {
    final LearnerConfig config = Fixtures.config();
    try (Workbench apart = new Workbench(config);
        KeyedOneInputStreamOperatorTestHarness<String, Decoded, PredictionRecord> mixed =
            new KeyedOneInputStreamOperatorTestHarness<>(
                new MixedLearnerOperator(config), MixedLearnerOperator::key, Types.STRING)) {
      mixed.setStateBackend(new EmbeddedRocksDBStateBackend());
      mixed.setup(
          RecordTypes.PREDICTION.createSerializer(
              mixed.getExecutionConfig().getSerializerConfig()));
      mixed.open();
      for (int i = 0; i < EVENTS + LATER; i++) {
        if (i < EVENTS) {
          apart.send((Event) decode(events, row(i, false)));
          send(mixed, "{\"before\":null,\"after\":" + row(i, false) + ",\"op\":\"c\"}");
        }
        final int past = i - LATER;
        if (past >= 0) {
          apart.send((LabelRecord) decode(labels, row(past, true)));
          send(
              mixed,
              "{\"before\":"
                  + row(past, false)
                  + ",\"after\":"
                  + row(past, true)
                  + ",\"op\":\"u\"}");
        }
      }
      final List<String> predicted =
          mixed.extractOutputValues().stream().map(Workbench::exact).toList();
      assertEquals(apart.exactPredictions(), predicted);
      assertEquals(EVENTS, predicted.size());
      // Of the second model, the last event of which came before its last label.
      assertEquals(
          (EVENTS - LATER) / 2 - 1, mixed.extractOutputValues().get(EVENTS - 1).modelVersion());
    }
  }

  private void send(
      final KeyedOneInputStreamOperatorTestHarness<String, Decoded, PredictionRecord> to,
      final String change)
      throws Exception {
    to.processElement(new StreamRecord<>(decode(changes, change)));
  }

  private static Decoded decode(final RecordDecoder decoder, final String record) {
    return decoder.decode(
        new Origin("t", 0, 0, null, record.getBytes(StandardCharsets.UTF_8)), 1_000);
  }

  private static String row(final int i, final boolean labelled) {
    final double[] x = Fixtures.features(i);
    return String.format(
        Locale.ROOT,
        "{\"id\":%d,\"key\":\"m%d\",\"a\":%s,\"b\":%s,\"c\":\"v%d\",\"label\":%s}",
        i,
        i % 2,
        x[0],
        x[1],
        (int) x[2],
        labelled ? '"' + Fixtures.label(x) + '"' : "null");
  }
}
