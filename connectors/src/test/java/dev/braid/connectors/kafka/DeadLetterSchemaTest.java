package dev.braid.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;

class DeadLetterSchemaTest {
  private static final int LIMIT = 1_000_000;

  private final DeadLetterSchema schema = new DeadLetterSchema("dead", LIMIT);

  @Test
  void whatFitsStaysWhole() {
    final byte[] value = new byte[900_000];
    final ProducerRecord<byte[], byte[]> record = record(new byte[] {1, 2}, value, "why");
    assertSame(value, record.value());
    assertArrayEquals(new byte[] {1, 2}, record.key());
    assertNull(record.headers().lastHeader("original-bytes"));
  }

  @Test
  void whatTheTopicCannotHoldIsCutAndSaidToBe() {
    final byte[] value = new byte[10 << 20];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i * 31);
    }
    final ProducerRecord<byte[], byte[]> record =
        record(new byte[400_000], value, "x".repeat(10_000));
    final int kept = record.value().length;
    assertArrayEquals(Arrays.copyOf(value, kept), record.value());
    assertEquals(
        "10485760",
        new String(record.headers().lastHeader("original-bytes").value(), StandardCharsets.UTF_8));
    assertTrue(kept > LIMIT / 2, kept + " bytes are kept");
    assertTrue(sizeOf(record) <= LIMIT, sizeOf(record) + " bytes in all");
  }

  @Test
  void tombstoneStaysOne() {
    final ProducerRecord<byte[], byte[]> record = record(null, null, "why");
    assertNull(record.key());
    assertNull(record.value());
  }

  @Test
  void topicWithoutRoomForDeadLettersIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DeadLetterSchema("dead", 10_000));
  }

  private ProducerRecord<byte[], byte[]> record(
      final byte[] key, final byte[] value, final String reason) {
    final Origin origin = new Origin("events", 3, 42, key, value);
    return schema.serialize(new DeadLetter(origin, reason), null, null);
  }

  /** What Kafka's producer and broker compare with their limits. */
  private static int sizeOf(final ProducerRecord<byte[], byte[]> record) {
    return AbstractRecords.estimateSizeInBytesUpperBound(
        RecordBatch.CURRENT_MAGIC_VALUE,
        Compression.NONE.type(),
        record.key(),
        record.value(),
        record.headers().toArray());
  }
}
