package dev.braid.jobs.cluster;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.JsonRecords;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.SinkOptions;
import dev.braid.connectors.kafka.Sinks;
import dev.braid.connectors.kafka.SourceOptions;
import dev.braid.connectors.kafka.Sources;
import dev.braid.connectors.kafka.StartOffsets;
import dev.braid.connectors.type.RecordTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What remains of the job without a learner: events decoded, empty predictions written, exactly
 * once. The measure of what Kafka and Flink cost by themselves.
 */
public final class PassThroughJob {
  private PassThroughJob() {}

  /** Arguments: bootstrap servers, topic of events, topic of predictions, checkpoint seconds. */
  public static void main(final String[] args) throws Exception {
    final KafkaCluster kafka = KafkaCluster.at(args[0]);
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setParallelism(1);
    environment.enableCheckpointing(Duration.ofSeconds(Long.parseLong(args[3])).toMillis());
    environment.getConfig().enableObjectReuse();
    environment
        .fromSource(
            Sources.of(
                kafka,
                new SourceOptions(args[1], "pass-through", StartOffsets.EARLIEST, true, 1 << 20),
                RecordFormats.events(JsonFormat.NAME, DecoderOptions.DEFAULT, Map.of())),
            WatermarkStrategy.noWatermarks(),
            "events",
            RecordTypes.DECODED)
        .map(new Empty())
        .returns(RecordTypes.PREDICTION)
        .sinkTo(
            Sinks.predictions(
                kafka,
                SinkOptions.exactlyOnce(args[2], "pass-through"),
                JsonRecords.predictions(FieldNames.DEFAULT, Integer.MAX_VALUE)));
    environment.execute("pass-through");
  }

  /** An event's prediction with nothing in it. */
  private static final class Empty implements MapFunction<Decoded, PredictionRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public PredictionRecord map(final Decoded value) {
      final Event event = (Event) value;
      return new PredictionRecord(
          event.id(),
          event.key(),
          event.timestamp(),
          null,
          List.of(),
          new double[0],
          List.of(),
          new double[0],
          0);
    }
  }
}
