package dev.braid.connectors.kafka;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.format.RecordDecoder;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Flink sources over Kafka topics. */
public final class Sources {
  /**
   * Records that a poll takes at most: each may be as long as is allowed, however small it was on
   * its way, and some polls are in memory at once.
   */
  static final int POLL_RECORDS = 100;

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "max.poll.records",
          Integer.toString(POLL_RECORDS),
          // Of all partitions together, as it comes, compressed.
          "fetch.max.bytes",
          Integer.toString(16 << 20),
          // Of a producer's transactions, only what was committed.
          "isolation.level",
          "read_committed",
          // New partitions are found; a property of Flink's, not of Kafka's.
          "partition.discovery.interval.ms",
          "60000");

  private Sources() {}

  /**
   * A source that turns every Kafka record into exactly one {@link Decoded}, and never fails
   * because of what a record holds.
   *
   * @param decoder of events or labels
   */
  public static Source<Decoded, ?, ?> of(
      final KafkaCluster cluster, final SourceOptions options, final RecordDecoder decoder) {
    final Properties client = cluster.client(DEFAULTS);
    final KafkaSourceBuilder<Decoded> source =
        KafkaSource.<Decoded>builder()
            .setProperties(client)
            .setProperty("key.deserializer", BoundedBytes.class.getName())
            .setProperty("value.deserializer", BoundedBytes.class.getName())
            .setProperty(BoundedBytes.WHOLE, Integer.toString(options.wholeBytes()))
            .setKafkaSubscriber(new OneTopic(options.topic()))
            .setGroupId(options.group())
            .setClientIdPrefix(options.group() + "-" + options.topic())
            .setStartingOffsets(offsets(options.start()))
            .setDeserializer(new DecodingSchema(decoder));
    if (options.bounded()) {
      source.setBounded(OffsetsInitializer.latest());
    }
    return new NamingSource(source.build(), client);
  }

  @SuppressWarnings("deprecation") // The connector takes the fallback in this form only.
  private static OffsetsInitializer offsets(final StartOffsets start) {
    return switch (start) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> new BehindTheLatest();
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    };
  }

  /**
   * Begins behind the latest record. Where a job goes on from a checkpoint and its place in the
   * topic is gone, Kafka's own "latest" would leap over everything that is there; this goes on at
   * the earliest record, as the other ways to begin do.
   */
  @SuppressWarnings("deprecation") // The interface knows the strategy in this form only.
  private static final class BehindTheLatest implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    private final OffsetsInitializer latest = OffsetsInitializer.latest();

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        final Collection<TopicPartition> partitions, final PartitionOffsetsRetriever retriever) {
      return latest.getPartitionOffsets(partitions, retriever);
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.EARLIEST;
    }
  }
}
