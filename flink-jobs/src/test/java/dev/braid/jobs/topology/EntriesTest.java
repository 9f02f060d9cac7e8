package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.sql.BraidFunction;
import dev.braid.jobs.sql.FailsOnce;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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

  /** Over RocksDB, with checkpoints, and with a new beginning after a failure. */
  private static TestStreamEnvironment environment() {
    final TestStreamEnvironment environment = rig.environment();
    final Configuration settings = new Configuration();
    settings.setString("state.backend.type", "rocksdb");
    settings.setString("execution.checkpointing.interval", "300 ms");
    settings.setString("restart-strategy.type", "fixed-delay");
    settings.setString("restart-strategy.fixed-delay.attempts", "3");
    settings.setString("restart-strategy.fixed-delay.delay", "50 ms");
    environment.configure(settings);
    return environment;
  }

  private static StreamTableEnvironment tables(final StreamExecutionEnvironment environment) {
    final StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    tables.executeSql("CREATE TEMPORARY FUNCTION BRAID AS '" + BraidFunction.class.getName() + "'");
    return tables;
  }

  private static Map<String, String> ofSql(final String table, final String query, final int count)
      throws Exception {
    final StreamTableEnvironment tables = tables(environment());
    tables.executeSql(table);
    return ofSql(tables, query, count);
  }

  @SuppressWarnings("try") // Nothing interrupts a test.
  private static Map<String, String> ofSql(
      final StreamTableEnvironment tables, final String query, final int count) throws Exception {
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

    assertEquals(kafka, ofStream(config, 0));

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
    assertAFailureChangesNothing(config, kafka);
  }

  /** Both recover from a failure between two checkpoints, of a source that waits for them. */
  private static void assertAFailureChangesNothing(
      final JobConfig config, final Map<String, String> undisturbed) throws Exception {
    FailsOnce.AFTER.set(EVENTS / 2);
    assertEquals(undisturbed, ofStream(config, EVENTS / 10));
    assertTrue(FailsOnce.AFTER.get() < 0, "the DataStream job did not fail");
    FailsOnce.AFTER.set(EVENTS / 2);
    final TestStreamEnvironment environment = environment();
    final StreamTableEnvironment tables = tables(environment);
    tables.createTemporaryView("elec", tables.fromDataStream(rows(environment, EVENTS / 10)));
    assertEquals(
        undisturbed,
        ofSql(
            tables,
            "SELECT * FROM BRAID(input => TABLE elec,"
                + " label => DESCRIPTOR(label), id => DESCRIPTOR(id), uid => 'b')",
            EVENTS));
    assertTrue(FailsOnce.AFTER.get() < 0, "the query did not fail");
  }

  /** The events as rows: id, features, label. */
  private static DataStream<Row> rows(
      final StreamExecutionEnvironment environment, final int perCheckpoint) {
    final String[] columns = new String[NAMES.length + 2];
    final TypeInformation<?>[] types = new TypeInformation<?>[columns.length];
    columns[0] = "id";
    columns[NAMES.length + 1] = "label";
    Arrays.fill(types, Types.STRING);
    for (int f = 0; f < NAMES.length; f++) {
      columns[f + 1] = NAMES[f];
      types[f + 1] = f == 1 ? Types.STRING : Types.DOUBLE;
    }
    final TypeInformation<Row> type = Types.ROW_NAMED(columns, types);
    final List<String[]> all = lines;
    return environment
        .fromSource(
            new DataGeneratorSource<>(
                i -> row(i, all.get(i.intValue())),
                EVENTS,
                perCheckpoint == 0
                    ? RateLimiterStrategy.noOp()
                    : RateLimiterStrategy.perCheckpoint(perCheckpoint),
                type),
            WatermarkStrategy.noWatermarks(),
            "elec",
            type)
        .map(new FailsOnce(), type);
  }

  private static Row row(final long i, final String[] line) {
    final Row row = new Row(NAMES.length + 2);
    row.setField(0, "e" + i);
    for (int f = 0; f < NAMES.length; f++) {
      row.setField(f + 1, f == 1 ? "d" + line[f] : (Object) Double.parseDouble(line[f]));
    }
    row.setField(NAMES.length + 1, line[NAMES.length]);
    return row;
  }

  private static Map<String, String> ofStream(final JobConfig config, final int perCheckpoint)
      throws Exception {
    final BraidStream learned =
        BraidStream.learn(
                BraidStream.events(
                    rows(environment(), perCheckpoint),
                    (row, event) -> {
                      event.id(row.<String>getFieldAs("id")).label(row.getFieldAs("label"));
                      for (int f = 0; f < NAMES.length; f++) {
                        if (f == 1) {
                          event.text(NAMES[f], row.getFieldAs(NAMES[f]));
                        } else {
                          event.number(NAMES[f], row.<Double>getFieldAs(NAMES[f]));
                        }
                      }
                    }),
                config.learner())
            .uid("elec");
    return ofRecords(learned);
  }

  @SuppressWarnings("try") // Nothing interrupts a test.
  private static Map<String, String> ofRecords(final BraidStream learned) throws Exception {
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
    assertEquals(
        kafka,
        ofRecords(
            BraidStream.learnMixed(
                environment().fromData(RecordTypes.DECODED, lateLabels()), config.learner())));
    assertTrue(new HashSet<>(sql.values()).size() > EVENTS / 2);
  }

  /** The same as events without labels, and late labels. */
  private static Decoded[] lateLabels() {
    final List<Decoded> records = new ArrayList<>();
    for (int i = 0; i < EVENTS + LATE_BY; i++) {
      if (i < EVENTS) {
        final double[] numbers = new double[NAMES.length];
        final String[] texts = new String[NAMES.length];
        for (int f = 0; f < NAMES.length; f++) {
          numbers[f] = f == 1 ? Double.NaN : Double.parseDouble(lines.get(i)[f]);
        }
        texts[1] = "d" + lines.get(i)[1];
        records.add(new Event("e" + i, "", 1, NAMES, numbers, texts, null, Origin.of("")));
      }
      if (i >= LATE_BY) {
        records.add(
            new LabelRecord(
                "e" + (i - LATE_BY), "", 1, lines.get(i - LATE_BY)[NAMES.length], Origin.of("")));
      }
    }
    return records.toArray(Decoded[]::new);
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
