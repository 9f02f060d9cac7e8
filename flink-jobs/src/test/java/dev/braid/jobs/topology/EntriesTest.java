package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.sql.BraidFunction;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/**
 * The job with Kafka, the DataStream entry and SQL say the same of electricity, to the last bit,
 * over a real broker and a real cluster.
 */
@Timeout(300)
class EntriesTest {
  private static final int EVENTS = 3_000;
  private static final int LATE_BY = 100;
  private static final String[] NAMES = {
    "date", "day", "period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"
  };
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Rig rig;
  private static List<String[]> lines;

  @BeforeAll
  static void start() throws Exception {
    final Path file = Path.of(System.getProperty("braid.data", ""), "electricity.arff.xz");
    assumeTrue(Files.exists(file), "electricity is not in the folder of -Dbraid.data");
    lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      String line = in.readLine();
      while (!line.strip().equalsIgnoreCase("@data")) {
        line = in.readLine();
      }
      while (lines.size() < EVENTS) {
        lines.add(in.readLine().split(","));
      }
    }
    rig = Rig.start(folder);
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static ObjectNode features(final int i) {
    final ObjectNode features = JSON.createObjectNode();
    for (int f = 0; f < NAMES.length; f++) {
      if (f == 1) {
        features.put(NAMES[f], "d" + lines.get(i)[f]);
      } else {
        features.put(NAMES[f], Double.parseDouble(lines.get(i)[f]));
      }
    }
    return features;
  }

  private static ObjectNode event(final int i, final boolean labelled) {
    final ObjectNode event = JSON.createObjectNode().put("id", "e" + i);
    event.set("features", features(i));
    return labelled ? event.put("label", lines.get(i)[NAMES.length]) : event;
  }

  /** Everything that was said, by id. */
  private static String said(
      final JsonNode predicted, final Map<String, Double> p, final Map<String, Double> w) {
    return predicted.asText() + new TreeMap<>(p) + new TreeMap<>(w);
  }

  private static Map<String, String> ofKafka(final String topic) throws Exception {
    final Map<String, String> said = new TreeMap<>();
    for (final String record : rig.read(topic)) {
      final JsonNode node = JSON.readTree(record);
      said.put(
          node.get("id").asText(),
          said(node.get("predicted"), map(node.get("probabilities")), map(node.get("experts"))));
    }
    return said;
  }

  private static Map<String, Double> map(final JsonNode node) {
    final Map<String, Double> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asDouble()));
    return map;
  }

  @SuppressWarnings("try") // Nothing interrupts a test.
  private static Map<String, String> ofSql(final String table, final String query, final int count)
      throws Exception {
    final TestStreamEnvironment environment = rig.environment();
    final Configuration settings = new Configuration();
    settings.setString("state.backend.type", "rocksdb");
    settings.setString("execution.checkpointing.interval", "300 ms");
    environment.configure(settings);
    final StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    tables.executeSql("CREATE TEMPORARY FUNCTION BRAID AS '" + BraidFunction.class.getName() + "'");
    tables.executeSql(table);
    final Map<String, String> said = new TreeMap<>();
    try (CloseableIterator<Row> rows = tables.executeSql(query).collect()) {
      while (said.size() < count) {
        final Row row = rows.next();
        if (row.getField("kind").equals("prediction")) {
          final JsonNode predicted = JSON.valueToTree(row.getField("predicted"));
          said.put(
              row.getFieldAs("id"),
              said(predicted, row.getFieldAs("probabilities"), row.getFieldAs("weights")));
        }
      }
    }
    return said;
  }

  private static String columns() {
    return Stream.of(NAMES)
        .map(name -> "`" + name + (name.equals("day") ? "` STRING" : "` DOUBLE"))
        .collect(Collectors.joining(", "));
  }

  private static String from(final String topic, final String format) {
    return " WITH ('connector' = 'kafka', 'topic' = '"
        + topic
        + "', 'properties.bootstrap.servers' = '"
        + rig.kafka().bootstrapServers()
        + "', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset',"
        + " 'format' = '"
        + format
        + "')";
  }

  @Test
  void allThreeSayTheSameOfLabelledEvents() throws Exception {
    final JobConfig config =
        rig.configWithoutLearner("entries", "entries-events", "kafka.bounded", "true");
    for (int i = 0; i < EVENTS; i++) {
      rig.send("entries-events", event(i, true).toString());
    }
    rig.flush();
    rig.runToEnd(config);
    final Map<String, String> kafka = ofKafka("entries-predictions");
    assertEquals(EVENTS, kafka.size());

    assertEquals(kafka, ofStream(config));

    final Map<String, String> sql =
        ofSql(
            "CREATE TEMPORARY TABLE elec (id STRING, features ROW<"
                + columns()
                + ">, label STRING)"
                + from("entries-events", "json"),
            "SELECT * FROM BRAID(input => (SELECT id, features.*, label FROM elec),"
                + " label => DESCRIPTOR(label), id => DESCRIPTOR(id), uid => 'b')",
            EVENTS);
    assertEquals(kafka, sql);
  }

  @SuppressWarnings("try") // Nothing interrupts a test.
  private static Map<String, String> ofStream(final JobConfig config) throws Exception {
    final TestStreamEnvironment environment = rig.environment();
    final List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      numbers.add(i);
    }
    final DataStream<Integer> rows = environment.fromData(numbers);
    final List<String[]> all = lines;
    final BraidStream learned =
        BraidStream.learn(
                BraidStream.events(
                    rows,
                    (i, event) -> {
                      event.id("e" + i).label(all.get(i)[NAMES.length]);
                      for (int f = 0; f < NAMES.length; f++) {
                        final String value = all.get(i)[f];
                        if (f == 1) {
                          event.text(NAMES[f], "d" + value);
                        } else {
                          event.number(NAMES[f], Double.parseDouble(value));
                        }
                      }
                    }),
                config.learner())
            .uid("elec");
    final Map<String, String> said = new TreeMap<>();
    try (CloseableIterator<PredictionRecord> each = learned.predictions().executeAndCollect()) {
      while (each.hasNext()) {
        final PredictionRecord record = each.next();
        final Map<String, Double> p = new TreeMap<>();
        for (int c = 0; c < record.classes().size(); c++) {
          p.put(record.classes().get(c), record.probabilities()[c]);
        }
        final Map<String, Double> w = new TreeMap<>();
        for (int e = 0; e < record.experts().size(); e++) {
          w.put(record.experts().get(e), record.weights()[e]);
        }
        said.put(record.id(), said(JSON.valueToTree(record.predicted()), p, w));
      }
    }
    return said;
  }

  @Test
  void aTablesChangesInDebeziumsEnvelopesTeachAsLateLabelsDo() throws Exception {
    final JobConfig config =
        rig.configWithoutLearner(
            "changes", "changes-events", "kafka.bounded", "true", "events.format", "debezium");
    for (int i = 0; i < EVENTS + LATE_BY; i++) {
      if (i < EVENTS) {
        rig.send("changes-events", envelope(null, change(i, false), "c"));
      }
      if (i >= LATE_BY) {
        rig.send(
            "changes-events", envelope(change(i - LATE_BY, false), change(i - LATE_BY, true), "u"));
      }
    }
    rig.flush();
    rig.runToEnd(config);
    final Map<String, String> kafka = ofKafka("changes-predictions");
    assertEquals(EVENTS, kafka.size());
    final Map<String, String> sql =
        ofSql(
            "CREATE TEMPORARY TABLE elec (id STRING, "
                + columns()
                + ", label STRING)"
                + from("changes-events", "debezium-json"),
            "SELECT * FROM BRAID(input => TABLE elec,"
                + " label => DESCRIPTOR(label), id => DESCRIPTOR(id), uid => 'b')",
            EVENTS);
    assertEquals(kafka, sql);
    assertTrue(new HashSet<>(sql.values()).size() > EVENTS / 2);
  }

  private static ObjectNode change(final int i, final boolean labelled) {
    final ObjectNode row = JSON.createObjectNode().put("id", "e" + i);
    row.setAll(features(i));
    return labelled ? row.put("label", lines.get(i)[NAMES.length]) : row.putNull("label");
  }

  private static String envelope(final ObjectNode before, final ObjectNode after, final String op) {
    final ObjectNode envelope = JSON.createObjectNode();
    envelope.set("before", before);
    envelope.set("after", after);
    return envelope.put("op", op).put("ts_ms", 1L).toString();
  }
}
