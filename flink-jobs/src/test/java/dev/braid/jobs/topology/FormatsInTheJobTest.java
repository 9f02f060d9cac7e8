package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.RecordFormat;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.format.RecordWriter;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.jobs.config.JobConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every record format through a real broker, a real cluster and a registry. */
@Timeout(300)
class FormatsInTheJobTest {
  private static final int EVENTS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.nominal("c", "v0", "v1")),
          List.of("low", "high"));

  @TempDir static Path folder;
  private static Rig rig;
  private static SmallRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start(folder);
    registry = new SmallRegistry();
  }

  @AfterAll
  static void stop() {
    registry.close();
    rig.close();
  }

  private static Instance instance(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    final int c = random.nextInt(2);
    return new Instance(new double[] {a, b, c}, a + b * (1 + c) > 1 ? 1 : 0);
  }

  private static Map<String, String> options(final String format) {
    final Map<String, String> options = new TreeMap<>();
    final RecordFormat found = RecordFormats.registry().find(format);
    if (found.options().stream().anyMatch(option -> option.name().equals("registry"))) {
      options.put("registry", registry.url());
    }
    if (found.options().stream().anyMatch(option -> option.name().equals("columns"))) {
      options.put("columns", "id,key,ts,a,b,c,label");
    }
    return options;
  }

  private static JobConfig config(
      final String job, final String format, final String... keysAndValues) {
    final List<String> values = new ArrayList<>(List.of("events.format", format));
    options(format)
        .forEach((name, value) -> values.addAll(List.of("events.options." + name, value)));
    values.addAll(List.of(keysAndValues));
    return rig.config(job, job + "-events", values.toArray(String[]::new));
  }

  private static void send(final String topic, final String format) {
    final RecordWriter writer =
        RecordFormats.writer(format, Content.EVENT, FieldNames.DEFAULT, options(format));
    for (int i = 0; i < EVENTS; i++) {
      rig.send(
          topic, writer.event("e" + i, "k", 1_700_000_000_000L + i, SCHEMA, instance(i), true));
    }
    rig.flush();
  }

  private static Map<String, String> predictions(final String topic) throws Exception {
    final Map<String, String> said = new TreeMap<>();
    for (final String record : rig.read(topic)) {
      final JsonNode node = JSON.readTree(record);
      final Map<String, Double> probabilities = new TreeMap<>();
      node.get("probabilities")
          .properties()
          .forEach(entry -> probabilities.put(entry.getKey(), entry.getValue().asDouble()));
      said.put(node.get("id").asText(), node.get("predicted").asText() + probabilities);
    }
    return said;
  }

  /** The same events teach the same, to the last bit, whatever they are written as. */
  @Test
  void everyFormatTeachesTheSame() throws Exception {
    final Map<String, String> expected = new TreeMap<>();
    for (final String format : RecordFormats.registry().names()) {
      final JobConfig config = config("as-" + format, format, "kafka.bounded", "true");
      send(config.kafka().eventsTopic(), format);
      rig.runToEnd(config);
      assertEquals(List.of(), rig.read(config.kafka().deadLettersTopic()), format);
      final Map<String, String> said = predictions(config.kafka().predictionsTopic());
      assertEquals(EVENTS, said.size(), format);
      if (expected.isEmpty()) {
        expected.putAll(said);
      }
      assertEquals(expected, said, format);
    }
  }

  /**
   * A registry that is down for longer than a record waits makes the job begin anew, more than
   * once; when it is up again every event is predicted, once, and the predictions are Avro.
   */
  @Test
  void aRegistryThatIsDownForLongCostsNoEvent() throws Exception {
    final JobConfig config =
        config(
            "down",
            "avro",
            "events.options.registry-wait",
            "1",
            "predictions.format",
            "avro",
            "predictions.options.registry",
            registry.url());
    send(config.kafka().eventsTopic(), "avro");
    registry.down();
    final JobClient job;
    try {
      job = rig.run(config, null);
      for (int tries = 0; tries < 600 && rig.restarts(job) < 2; tries++) {
        Thread.sleep(100);
      }
      assertTrue(rig.restarts(job) >= 2, "it did not begin anew");
    } finally {
      registry.up();
    }
    rig.await(config.kafka().predictionsTopic(), EVENTS);
    job.cancel().get();
    assertEquals(List.of(), rig.read(config.kafka().deadLettersTopic()));
    final List<String> ids = new ArrayList<>();
    for (final ConsumerRecord<byte[], byte[]> record :
        rig.records(config.kafka().predictionsTopic())) {
      final ByteBuffer value = ByteBuffer.wrap(record.value());
      assertEquals(0, value.get());
      final GenericRecord said =
          new GenericDatumReader<GenericRecord>(
                  new org.apache.avro.Schema.Parser().parse(registry.schema(value.getInt())))
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(value.array(), value.position(), value.remaining(), null));
      ids.add(said.get("id").toString());
      assertTrue(((Map<?, ?>) said.get("probabilities")).size() <= 2);
    }
    final List<String> sent = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      sent.add("e" + i);
    }
    assertEquals(sent, ids);
  }
}
