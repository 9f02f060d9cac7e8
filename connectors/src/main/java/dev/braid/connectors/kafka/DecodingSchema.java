package dev.braid.connectors.kafka;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.UnavailableException;
import dev.braid.connectors.type.RecordTypes;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Hands Kafka records to a decoder, with the place they came from. Counts what is wrong with them
 * but no reason to refuse them.
 */
final class DecodingSchema implements KafkaRecordDeserializationSchema<Decoded> {
  private final RecordDecoder decoder;
  private transient Counter badTimestamps;

  DecodingSchema(final RecordDecoder decoder) {
    this.decoder = decoder;
  }

  /** Called before the reader makes its consumer. */
  @Override
  public void open(final DeserializationSchema.InitializationContext context) {
    QuietClients.hush();
    badTimestamps = context.getMetricGroup().addGroup("braid").counter("bad_timestamps");
  }

  @Override
  public void deserialize(
      final ConsumerRecord<byte[], byte[]> record, final Collector<Decoded> out) {
    final Origin origin =
        new Origin(
            record.topic(),
            record.partition(),
            record.offset(),
            record.key(),
            record.value(),
            BoundedBytes.length(record.value(), record.headers()));
    out.collect(decode(origin, record.timestamp()));
    badTimestamps.inc(decoder.badTimestamps() - badTimestamps.getCount());
  }

  private Decoded decode(final Origin origin, final long timestamp) {
    try {
      return decoder.decode(origin, timestamp);
    } catch (final UnavailableException notTheRecord) {
      throw notTheRecord;
    } catch (final RuntimeException defect) {
      // A decoder does not throw. If it did, restarting on the same record for ever would help
      // nobody.
      return new DeadLetter(origin, "the decoder failed, which is a defect of Braid: " + defect);
    }
  }

  @Override
  public TypeInformation<Decoded> getProducedType() {
    return RecordTypes.DECODED;
  }
}
