package dev.braid.connectors.kafka;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.format.RecordDecoder;
import java.util.Map;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Flink sources over Kafka topics. */
public final class Sources {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          // Of a producer's transactions, only what was committed.
          "isolation.level", "read_committed",
          // New partitions are found; a property of Flink's, not of Kafka's.
          "partition.discovery.interval.ms", "60000");

  private Sources() {}

  /**
   * A source that turns every Kafka record into exactly one {@link Decoded}, and never fails
   * because of what a record holds.
   *
   * @param decoder of events or labels
   */
  public static KafkaSource<Decoded> of(
      final KafkaCluster cluster, final SourceOptions options, final RecordDecoder decoder) {
    final KafkaSourceBuilder<Decoded> source =
        KafkaSource.<Decoded>builder()
            .setProperties(cluster.client(DEFAULTS))
            .setTopics(options.topic())
            .setGroupId(options.group())
            .setClientIdPrefix(options.group() + "-" + options.topic())
            .setStartingOffsets(offsets(options.start()))
            .setDeserializer(new DecodingSchema(decoder));
    if (options.bounded()) {
      source.setBounded(OffsetsInitializer.latest());
    }
    return source.build();
  }

  @SuppressWarnings("deprecation") // The connector takes the fallback in this form only.
  private static OffsetsInitializer offsets(final StartOffsets start) {
    return switch (start) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> OffsetsInitializer.latest();
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    };
  }
}
