package dev.braid.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.JsonRecords;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.type.RecordTypes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A job of nothing but sources and sinks, on a real broker and a real Flink cluster. */
class KafkaRoundTripTest {
  private static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", RecordTypes.DEAD_LETTER);

  private static LocalBroker broker;
  private static KafkaCluster cluster;

  @BeforeAll
  static void start() {
    broker = LocalBroker.start();
    cluster = KafkaCluster.at(broker.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everyRecordComesOutOnceThoughTheJobFails() throws Exception {
    final int count = 20_000;
    final List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(
          utf8(i % 10 == 9 ? "broken " + i : "{\"id\":" + i + ",\"features\":{\"a\":" + i + "}}"));
    }
    createTopics("once-", 1_000_000);
    send("once-events", values);

    FailOnce.failures.set(0);
    runJob("once-", 1_000_000);

    assertEquals(1, FailOnce.failures.get());
    final List<String> seen = new ArrayList<>();
    for (final ConsumerRecord<byte[], byte[]> record : read("once-predictions")) {
      final String json = new String(record.value(), StandardCharsets.UTF_8);
      seen.add(json.replaceAll("\\{\"id\":\"(\\d+)\".*", "$1"));
    }
    for (final ConsumerRecord<byte[], byte[]> record : read("once-dead-letters")) {
      seen.add(new String(record.value(), StandardCharsets.UTF_8).replace("broken ", ""));
    }
    assertEquals(count, seen.size());
    assertEquals(count, seen.stream().distinct().count());
  }

  @Test
  void deadLetterIsTheOriginalWithItsPlaceAndReasonHoweverLong() throws Exception {
    final byte[] tenMegabytes = new byte[10 << 20];
    new SplittableRandom(1).nextBytes(tenMegabytes);
    createTopics("place-", TopicSpec.DEAD_LETTER_BYTES);
    send(
        "place-events",
        List.of(utf8("{\"id\":1,\"features\":{\"a\":1}}"), utf8("oops"), tenMegabytes));

    runJob("place-", TopicSpec.DEAD_LETTER_BYTES);

    final List<ConsumerRecord<byte[], byte[]>> letters = read("place-dead-letters");
    assertEquals(2, letters.size());
    final ConsumerRecord<byte[], byte[]> oops = letters.get(0);
    assertArrayEquals(utf8("oops"), oops.value());
    assertArrayEquals(utf8("key"), oops.key());
    assertEquals("place-events", header(oops, "topic"));
    assertEquals("0", header(oops, "partition"));
    assertEquals("1", header(oops, "offset"));
    assertTrue(header(oops, "reason").startsWith("the record is not valid JSON"));
    assertArrayEquals(tenMegabytes, letters.get(1).value());
    assertEquals("2", header(letters.get(1), "offset"));
    assertEquals(
        "the record has 10485760 bytes, 1048576 are allowed", header(letters.get(1), "reason"));
  }

  private static void createTopics(final String prefix, final int deadLetterBytes) {
    final String limit = "max.message.bytes";
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(10))) {
      topics.create(
          List.of(
              new TopicSpec(
                  prefix + "events", 1, (short) 1, Map.of(limit, Integer.toString(16 << 20))),
              TopicSpec.of(prefix + "predictions", 2),
              new TopicSpec(
                  prefix + "dead-letters",
                  1,
                  (short) 1,
                  Map.of(limit, Integer.toString(deadLetterBytes)))));
    }
  }

  private static void runJob(final String prefix, final int deadLetterBytes) throws Exception {
    final Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "3");
    flink.setString("restart-strategy.fixed-delay.delay", "100 ms");
    final StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    env.enableCheckpointing(200);
    final Source<Decoded, ?, ?> source =
        Sources.of(
            cluster,
            new SourceOptions(
                prefix + "events", prefix + "group", StartOffsets.EARLIEST, true, 1 << 20),
            RecordFormats.events(JsonFormat.NAME, DecoderOptions.DEFAULT, Map.of()));
    final SingleOutputStreamOperator<PredictionRecord> predictions =
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "events")
            .process(new FailOnce())
            .returns(RecordTypes.PREDICTION);
    predictions.sinkTo(
        Sinks.predictions(
            cluster,
            SinkOptions.exactlyOnce(prefix + "predictions", prefix + "p"),
            JsonRecords.predictions(FieldNames.DEFAULT, Integer.MAX_VALUE)));
    predictions
        .getSideOutput(DEAD_LETTERS)
        .sinkTo(
            Sinks.deadLetters(
                cluster,
                SinkOptions.exactlyOnce(prefix + "dead-letters", prefix + "d")
                    .withMaxMessageBytes(deadLetterBytes)));
    env.execute(prefix);
  }

  /** Splits events from dead letters, and fails once on the 15,000th record. */
  private static final class FailOnce extends ProcessFunction<Decoded, PredictionRecord> {
    private static final AtomicInteger failures = new AtomicInteger();

    @Override
    public void processElement(
        final Decoded decoded, final Context context, final Collector<PredictionRecord> out)
        throws Exception {
      if (decoded.origin().offset() == 15_000 && failures.compareAndSet(0, 1)) {
        Thread.sleep(1_000); // A checkpoint or two pass, so that there is something to roll back.
        throw new IllegalStateException("on purpose");
      }
      if (decoded instanceof Event event) {
        out.collect(
            new PredictionRecord(
                event.id(),
                event.key(),
                event.timestamp(),
                null,
                List.of(),
                new double[0],
                List.of(),
                new double[0],
                0));
      } else {
        context.output(DEAD_LETTERS, (DeadLetter) decoded);
      }
    }
  }

  private static void send(final String topic, final List<byte[]> values) throws Exception {
    final Map<String, String> defaults =
        Map.of("max.request.size", Integer.toString(16 << 20), "linger.ms", "5");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            cluster.client(defaults), new ByteArraySerializer(), new ByteArraySerializer())) {
      final List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (final byte[] value : values) {
        sent.add(producer.send(new ProducerRecord<>(topic, utf8("key"), value)));
      }
      for (final Future<RecordMetadata> answer : sent) {
        answer.get();
      }
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(final String topic) {
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster, topic)) {
      reader.readToEnd(records::add);
    }
    return records;
  }

  private static String header(final ConsumerRecord<byte[], byte[]> record, final String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
