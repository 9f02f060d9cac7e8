package dev.braid.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.type.RecordTypes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that are small on their way and large once they are decompressed. */
@Timeout(300)
@SuppressWarnings("try") // Iterators over results may be interrupted while they close.
class LargeRecordsTest {
  private static final int LARGE = 150 << 20;
  private static final byte[] EVENT =
      "{\"id\":1,\"features\":{\"a\":1}}".getBytes(StandardCharsets.UTF_8);

  private static LocalBroker broker;
  private static KafkaCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    broker = LocalBroker.start();
    cluster = KafkaCluster.at(broker.bootstrapServers());
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(30))) {
      topics.create(
          List.of(
              TopicSpec.of("large", 1),
              new TopicSpec("plain", 1, (short) 1, Map.of("compression.type", "uncompressed"))));
    }
    send("large", EVENT);
    send("large", new byte[LARGE]);
    send("large", EVENT);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static void send(final String topic, final byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            cluster.client(
                Map.of(
                    "compression.type", "zstd",
                    "max.request.size", "400000000",
                    "buffer.memory", "400000000")),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  @Test
  void recordOf150MegabytesBecomesADeadLetterThatSaysHowLongItWas() throws Exception {
    try (CloseableIterator<Decoded> read = read(cluster)) {
      assertInstanceOf(Event.class, read.next());
      final DeadLetter letter = assertInstanceOf(DeadLetter.class, read.next());
      assertInstanceOf(Event.class, read.next());
      assertEquals("the record has " + LARGE + " bytes, 1048576 are allowed", letter.reason());
      assertEquals(1, letter.origin().offset());
      assertEquals(LARGE, letter.origin().length());
      assertTrue(
          letter.origin().bytes().length <= TopicSpec.DEAD_LETTER_BYTES,
          letter.origin().bytes().length + " bytes were kept");
      final var record = new DeadLetterSchema("dead", 1 << 20).serialize(letter, null, 0L);
      assertEquals(
          Integer.toString(LARGE),
          new String(
              record.headers().lastHeader("original-bytes").value(), StandardCharsets.UTF_8));
    }
  }

  /** In a heap that has no room for it, in a process of its own. */
  @Test
  void recordThatDoesNotFitTheHeapIsNamedWithItsPlaceAndPassesInALargerOne() throws Exception {
    final String said = readWith("-Xmx140m");
    assertTrue(
        said.contains(
            "A record does not fit the heap once it is decompressed: topic large, partition 0,"
                + " offset 1."),
        said.substring(0, Math.min(4_000, said.length())));
    final String larger = readWith("-Xmx400m");
    assertTrue(
        larger.contains("read it all"), larger.substring(0, Math.min(4_000, larger.length())));
  }

  private static String readWith(final String heap) throws Exception {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LargeRecordsTest.class.getName(),
                broker.bootstrapServers())
            .redirectErrorStream(true)
            .start();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** Reads all of the topic, and prints why it cannot. */
  public static void main(final String[] arguments) {
    try (CloseableIterator<Decoded> read = read(KafkaCluster.at(arguments[0]))) {
      read.forEachRemaining(decoded -> {});
      System.out.println("read it all");
    } catch (final Exception failed) {
      for (Throwable t = failed; t != null; t = t.getCause()) {
        System.out.println(t.getMessage());
      }
    }
    System.exit(0);
  }

  private static CloseableIterator<Decoded> read(final KafkaCluster kafka) throws Exception {
    final Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "none");
    flink.setString("collect-sink.batch-size.max", "64mb");
    flink.setString("taskmanager.memory.network.min", "16m");
    flink.setString("taskmanager.memory.network.max", "16m");
    flink.setString("taskmanager.memory.managed.size", "16m");
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    return environment
        .fromSource(
            Sources.of(
                kafka,
                new SourceOptions("large", "large", StartOffsets.EARLIEST, true, 1 << 20),
                RecordFormats.events(JsonFormat.NAME, DecoderOptions.DEFAULT, Map.of())),
            WatermarkStrategy.noWatermarks(),
            "events",
            RecordTypes.DECODED)
        .executeAndCollect();
  }

  /**
   * What docs/operations.md advises: such a topic holds records as they are, and bounds them so.
   */
  @Test
  void topicThatKeepsRecordsUncompressedRefusesWhatIsTooLongOnceDecompressed() {
    final ExecutionException refused =
        assertThrows(ExecutionException.class, () -> send("plain", new byte[LARGE]));
    assertInstanceOf(RecordTooLargeException.class, refused.getCause());
  }

  @Test
  void longValuesAreKeptWholeWhileTheyAreFewAndCutWhenTheyAreMany() {
    final BoundedBytes values = new BoundedBytes(25 << 20);
    values.configure(Map.of(BoundedBytes.WHOLE, "1000"), false);
    final byte[] tenMegabytes = new byte[10 << 20];
    final int[] taken = new int[5];
    for (int i = 0; i < taken.length; i++) {
      final RecordHeaders headers = new RecordHeaders();
      final byte[] value = values.deserialize("t", headers, ByteBuffer.wrap(tenMegabytes));
      taken[i] = value.length;
      assertEquals(tenMegabytes.length, BoundedBytes.length(value, headers));
    }
    assertArrayEquals(new int[] {10 << 20, 10 << 20, 1000, 1000, 1000}, taken);
    final byte[] allowed = new byte[1000];
    Arrays.fill(allowed, (byte) 7);
    assertArrayEquals(
        allowed, values.deserialize("t", new RecordHeaders(), ByteBuffer.wrap(allowed)));
  }
}
