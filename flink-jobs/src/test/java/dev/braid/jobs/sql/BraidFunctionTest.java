package dev.braid.jobs.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The SQL function over the real planner, a real cluster and RocksDB. */
@Timeout(120)
class BraidFunctionTest {
  private static final String OPTIONS = "model.preset = braid; model.seed = 7; metrics.every = 500";

  @RegisterExtension static final SqlCluster CLUSTER = new SqlCluster();

  @TempDir Path folder;

  private Session session(final String... settings) {
    final Map<String, String> map = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put(settings[i], settings[i + 1]);
    }
    return new Session(CLUSTER, folder, map);
  }

  private static List<Row> rows(final int from, final int to, final int keys) {
    final List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(Session.row(i, keys, true));
    }
    return rows;
  }

  /** What the operator says of the same rows, through the DataStream entry. */
  @SuppressWarnings("try") // Nothing interrupts a test.
  private Map<String, String> ofStream(final List<Row> rows, final LearnerConfig config)
      throws Exception {
    final Session session = session();
    final BraidStream learned =
        BraidStream.learn(
            BraidStream.events(
                session.stream(rows, 0),
                (row, event) ->
                    event
                        .id(row.getFieldAs("id"))
                        .key(row.getFieldAs("k"))
                        .number("a", row.getFieldAs("a"))
                        .number("b", row.getFieldAs("b"))
                        .text("c", row.getFieldAs("c"))
                        .label(row.getFieldAs("cls"))),
            config);
    final List<PredictionRecord> records = new ArrayList<>();
    try (CloseableIterator<PredictionRecord> each = learned.predictions().executeAndCollect()) {
      each.forEachRemaining(records::add);
    }
    return Session.ofRecords(records);
  }

  @Test
  void saysWhatTheOperatorSaysToTheLastBit() throws Exception {
    final List<Row> rows = rows(0, 1_200, 3);
    final List<Row> out = session().table("events", rows, 0).all(Session.braid("events", OPTIONS));
    assertEquals(
        ofStream(rows, LearnerConfig.of(Map.of("model.preset", "braid", "model.seed", "7"))),
        Session.predictions(out));
    assertTrue(Session.accuracy(out) > 0.85, "" + Session.accuracy(out));
  }

  private static List<String> reasons(final List<Row> out) {
    return out.stream()
        .filter(row -> "dead-letter".equals(row.getField("kind")))
        .map(row -> row.<String>getFieldAs("reason"))
        .toList();
  }

  /** By the rows' time a label comes too late; the clock would have it in time. */
  @Test
  void labelsAreWaitedForByTheTimeOfTheRows() throws Exception {
    final List<Row> rows = new ArrayList<>();
    rows.add(Row.of("e1", "k0", 0.5, 0d, "v1", null));
    rows.add(Row.of("e2", "k0", 0.6, 5d, "v1", null));
    rows.add(Row.of("e2", "k0", null, 8d, null, "high"));
    rows.add(Row.of("e1", "k0", null, 20d, null, "low"));
    rows.add(Row.of("e3", "k0", 0.6, 100d, "v1", "high"));
    final List<Row> out =
        session()
            .timed("events", rows)
            .all(
                Session.braid("events", OPTIONS + "; labels.max-wait = 10 min")
                    .replace("uid =>", "on_time => DESCRIPTOR(t), uid =>"));
    assertEquals(3, Session.count(out, "prediction"));
    assertEquals(List.of("no event with id 'e1' came within labels.max-wait"), reasons(out));
    assertEquals(
        List.of(0L, 0L, 1L),
        out.stream()
            .filter(row -> "prediction".equals(row.getField("kind")))
            .map(row -> row.getField("model_version"))
            .toList());
  }

  /** A model begins anew where its rows pause for longer; also where it is not in memory. */
  @Test
  void aModelWithoutRowsForLongBeginsAnew() throws Exception {
    final List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      final Row row = Session.row(i, 2, true);
      // One key pauses for an hour and a half after its tenth row, the other never.
      row.setField(3, i * 10d + (i % 2 == 0 && i >= 20 ? 90 : 0));
      rows.add(row);
    }
    rows.sort(Comparator.comparing(row -> row.<Double>getFieldAs(3)));
    final String query =
        Session.braid("events", OPTIONS + "; state.expire-after = 1 h")
            .replace("uid =>", "on_time => DESCRIPTOR(t), uid =>");
    final List<Long> versions = new ArrayList<>();
    for (final Row row : session().timed("events", rows).all(query)) {
      if (row.getField("kind").equals("prediction") && row.getField("k").equals("k0")) {
        versions.add(row.getFieldAs("model_version"));
      }
    }
    final List<Long> expected = new ArrayList<>();
    for (long i = 0; i < 20; i++) {
      expected.add(i % 10);
    }
    assertEquals(expected, versions);
    final String refused = refusal(Session.braid("events", "state.expire-after = 1 h"));
    assertTrue(refused.contains("needs the argument 'on_time'"), refused);
  }

  @Test
  void aLabelThatAnUpdateBringsIsLearned() throws Exception {
    final List<Row> changes = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      changes.add(Session.row(i, 1, false));
      if (i >= 50) {
        changes.add(Session.changed(RowKind.UPDATE_BEFORE, Session.row(i - 50, 1, false)));
        changes.add(Session.changed(RowKind.UPDATE_AFTER, Session.row(i - 50, 1, true)));
      }
    }
    changes.add(Session.changed(RowKind.UPDATE_BEFORE, Session.row(799, 1, false)));
    changes.add(Session.changed(RowKind.UPDATE_AFTER, Session.row(799, 1, false)));
    final List<Row> out =
        session()
            .changes("events", changes, ChangelogMode.all())
            .all(Session.braid("events", OPTIONS));
    assertEquals(800, Session.count(out, "prediction"));
    assertEquals(
        List.of(
            "the update brings no label: its row was predicted when it was inserted, and is not"
                + " again"),
        reasons(out));
    assertTrue(Session.accuracy(out) > 0.75, "" + Session.accuracy(out));
  }

  @Test
  void aFailureChangesNoBit() throws Exception {
    final List<Row> rows = rows(0, 1_500, 2);
    final String query = Session.braid("events", OPTIONS + "; sql.image-every = 300");
    final Map<String, String> undisturbed =
        Session.predictions(session().table("events", rows, 0).all(query));
    FailsOnce.AFTER.set(800);
    final Map<String, String> disturbed =
        Session.predictions(
            session().table("events", rows, RateLimiterStrategy.perCheckpoint(200)).all(query));
    assertTrue(FailsOnce.AFTER.get() < 0, "it did not fail");
    assertEquals(undisturbed, disturbed);
  }

  /** Labels of every third row come 25 rows later: at the savepoint some rows wait for theirs. */
  @Test
  void modelsGoOnFromASavepointWithAnotherParallelism() throws Exception {
    final List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1_600; i++) {
      rows.add(Session.row(i, 8, i % 3 != 0));
      if (i >= 25 && (i - 25) % 3 == 0) {
        rows.add(lateLabel(Session.row(i - 25, 8, true)));
      }
    }
    // A time that the session gives to state is not for models.
    final String[] settings = {"table.exec.state.ttl", "1 ms"};
    final String query = Session.braid("events", OPTIONS + "; sql.image-every = 70");
    final List<Row> whole = session().table("events", rows, 0).all(query);
    assertEquals(0, Session.count(whole, "dead-letter"));
    final Session first = session(settings).table("events", rows, new UpTo<>(900));
    final List<Row> before = new ArrayList<>();
    final String savepoint = first.stopAfter(600, query, before);
    final Session second =
        session(
                "table.exec.state.ttl",
                "1 ms",
                "parallelism.default",
                "2",
                "execution.state-recovery.path",
                savepoint,
                "execution.state-recovery.ignore-unclaimed-state",
                "true")
            .table("events", rows, 0);
    final List<Row> all = new ArrayList<>(before);
    all.addAll(second.all(query));
    assertTrue(before.size() >= 600 && before.size() < 900, "" + before.size());
    assertEquals(Session.predictions(whole), Session.predictions(all));
    assertEquals(0, Session.count(all, "dead-letter"));
  }

  /** The row that brings the label of another, as a table of labels has it. */
  private static Row lateLabel(final Row row) {
    return Row.of(row.getField(0), row.getField(1), null, null, null, row.getField(5));
  }

  /** With far more models than fit into memory, all but a few are remade of their state. */
  @Test
  void manyKeysInALittleMemorySayWhatTheySayInALargeOne() throws Exception {
    final List<Row> rows = rows(0, 1_200, 400);
    final Map<String, String> large =
        Session.predictions(
            session().table("events", rows, 0).all(manyKeys("; state.working-set = 256 mb")));
    assertEquals(1_200, large.size());
    assertEquals(
        large,
        Session.predictions(
            session().table("events", rows, 0).all(manyKeys("; state.working-set = 1 mb"))));
  }

  private static String manyKeys(final String options) {
    return Session.braid(
        "events", "model.preset = tame; model.seed = 7; sql.image-every = 2" + options);
  }

  @Test
  void rowsWhoseKeyIsNullHaveAModelOfTheirOwn() throws Exception {
    final List<Row> named = rows(0, 200, 2);
    final List<Row> rows = rows(0, 200, 2);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).setField(1, i % 2 == 0 ? null : "null");
    }
    final String query = Session.braid("events", OPTIONS);
    assertEquals(
        Session.predictions(session().table("events", named, 0).all(query)),
        Session.predictions(session().table("events", rows, 0).all(query)));
  }

  @Test
  void upsertsTeachAsChangesDo() throws Exception {
    final List<Row> changes = new ArrayList<>();
    final List<Row> upserts = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      changes.add(Session.row(i, 2, false));
      upserts.add(Session.row(i, 2, false));
      if (i >= 20) {
        final Row before = Session.row(i - 20, 2, false);
        final Row after = Session.row(i - 20, 2, true);
        changes.add(Session.changed(RowKind.UPDATE_BEFORE, before));
        changes.add(Session.changed(RowKind.UPDATE_AFTER, after));
        upserts.add(Session.changed(RowKind.UPDATE_AFTER, after));
      }
    }
    final String query = Session.braid("events", OPTIONS);
    assertEquals(
        Session.predictions(session().changes("events", changes, ChangelogMode.all()).all(query)),
        Session.predictions(
            session().changes("events", upserts, ChangelogMode.upsert()).all(query)));
  }

  @Test
  void labelsOfATableOfTheirOwnAreLearnedLate() throws Exception {
    final List<Row> rows = new ArrayList<>();
    final List<Row> changes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      rows.add(Session.row(i, 1, false));
      changes.add(Session.row(i, 1, false));
      if (i >= 20) {
        final Row label = Session.row(i - 20, 1, true);
        changes.add(Session.changed(RowKind.UPDATE_AFTER, label));
        rows.add(lateLabel(label));
      }
    }
    final String query = Session.braid("events", OPTIONS);
    assertEquals(
        Session.predictions(
            session().changes("events", changes, ChangelogMode.upsert()).all(query)),
        Session.predictions(session().table("events", rows, 0).all(query)));
  }

  private static String braidWithLabels(final String labels) {
    return "SELECT * FROM BRAID_WITH_LABELS(input => TABLE events PARTITION BY k, labels => TABLE "
        + labels
        + " PARTITION BY k, label => DESCRIPTOR(cls), id => DESCRIPTOR(id), options => '"
        + OPTIONS
        + "', uid => 'braid')";
  }

  private static void assumeTwoTables() {
    final String version = EnvironmentInformation.getVersion();
    assumeTrue(
        version.compareTo("2.3") >= 0,
        "Flink " + version + " takes one table where there are other arguments");
  }

  /**
   * The labels are read at once, the events by the checkpoint: the last meet a model that learned
   * all.
   */
  @Test
  void labelsOfASecondTableAreLearned() throws Exception {
    assumeTwoTables();
    final List<Row> events = new ArrayList<>();
    final List<Row> labels = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      events.add(Session.row(i, 1, false));
      if (i < 500) {
        labels.add(Session.row(i, 1, true));
      }
    }
    labels.add(Row.of("e1", "k0", null, null, null, null));
    final List<Row> out =
        session()
            .table("events", events, RateLimiterStrategy.perCheckpoint(200))
            .table("labels", labels, 0)
            .view("outcomes", "SELECT id, k, cls FROM labels")
            .all(braidWithLabels("outcomes"));
    assertEquals(800, Session.count(out, "prediction"));
    assertEquals(List.of("the row of a late label has none"), reasons(out));
    assertTrue(Session.accuracy(out) > 0.75, "" + Session.accuracy(out));
    assertEquals(
        500,
        out.stream()
            .filter(row -> "prediction".equals(row.getField("kind")))
            .mapToLong(row -> row.<Long>getFieldAs("model_version"))
            .max()
            .orElseThrow(),
        "labels that the last rows' model has learned");
  }

  @Test
  void aSecondTableWithoutTheLabelIsRefusedWhereTheStatementIsPlanned() throws Exception {
    assumeTwoTables();
    final Session session =
        session().table("events", rows(0, 3, 1), 0).view("outcomes", "SELECT id, k FROM events");
    final String refused = refusal(session, braidWithLabels("outcomes"));
    assertTrue(refused.contains("names the column 'cls', but"), refused);
  }

  /** The label as a number that the features tell. */
  private static String numbers(final String type, final String options) {
    return Session.braid(
            "(SELECT id, k, a, b, c, CAST(10 * a + b AS " + type + ") AS cls FROM events)",
            "model.options.experts = rls+last-value; metrics.every = 300" + options)
        .replace("TABLE (SELECT", "(SELECT");
  }

  @Test
  void aLabelThatIsADoubleIsPredictedAsANumberWithAnInterval() throws Exception {
    final List<Row> rows = rows(0, 600, 1);
    final List<Row> out =
        session().table("events", rows, 0).all(numbers("DOUBLE", "; model.quantiles = 0.5"));
    assertEquals(600, Session.count(out, "prediction"));
    assertEquals(0, Session.count(out, "dead-letter"));
    final List<Row> predictions =
        out.stream().filter(row -> "prediction".equals(row.getField("kind"))).toList();
    assertNull(predictions.get(0).getField("predicted_number"));
    assertNull(predictions.get(0).getField("interval_lower"));
    final Row last = predictions.get(599);
    final double truth =
        10 * (Double) rows.get(599).getField(2) + (Double) rows.get(599).getField(3);
    final double predicted = last.<Double>getFieldAs("predicted_number");
    assertEquals(truth, predicted, 0.5);
    assertTrue(last.<Double>getFieldAs("interval_lower") <= predicted, last::toString);
    assertTrue(last.<Double>getFieldAs("interval_upper") >= predicted, last::toString);
    assertEquals(Set.of("0.5"), last.<Map<String, Double>>getFieldAs("quantiles").keySet());
    assertNull(last.getField("predicted"));
    assertNull(last.getField("probabilities"));
    final Map<String, Double> metrics =
        out.stream()
            .filter(row -> "metrics".equals(row.getField("kind")))
            .reduce((first, second) -> second)
            .orElseThrow()
            .getFieldAs("metrics");
    assertTrue(metrics.get("window_r2") > 0.99 && metrics.get("mae") > 0, metrics::toString);
    assertFalse(metrics.containsKey("accuracy"));
  }

  @Test
  void wholeNumbersAreClassesUnlessTheOptionsSayOtherwise() throws Exception {
    final Session session = session().table("events", rows(0, 60, 1), 0);
    final String classes =
        numbers("INT", "").replace("model.options.experts = rls+last-value; ", "");
    assertTrue(
        session.all(classes).stream()
            .filter(row -> "prediction".equals(row.getField("kind")))
            .allMatch(row -> row.getField("predicted_number") == null));
    final List<Row> numbers = session.all(numbers("INT", "; schema.target = numeric"));
    assertEquals(
        59, numbers.stream().filter(row -> row.getField("predicted_number") != null).count());
  }

  @Test
  void everyKindGoesToItsOwnTableWhileTheModelLearnsOnce() throws Exception {
    final Session session = session().table("events", rows(0, 1_000, 1), 0);
    session.tables.executeSql("CREATE TEMPORARY VIEW out_ AS " + Session.braid("events", OPTIONS));
    session.tables.executeSql(
        "CREATE TEMPORARY TABLE p (id STRING, predicted STRING) WITH ('connector' = 'blackhole')");
    session.tables.executeSql(
        "CREATE TEMPORARY TABLE m (k STRING, accuracy DOUBLE) WITH ('connector' = 'blackhole')");
    session.tables.executeSql(
        "CREATE TEMPORARY TABLE d (id STRING, reason STRING) WITH ('connector' = 'blackhole')");
    final StreamStatementSet set = session.tables.createStatementSet();
    set.addInsertSql("INSERT INTO p SELECT id, predicted FROM out_ WHERE kind = 'prediction'");
    set.addInsertSql(
        "INSERT INTO m SELECT k, metrics['accuracy'] FROM out_ WHERE kind = 'metrics'");
    set.addInsertSql("INSERT INTO d SELECT id, reason FROM out_ WHERE kind = 'dead-letter'");
    final String plan = set.explain();
    final String executed = plan.substring(plan.indexOf("== Optimized Execution Plan =="));
    assertEquals(2, executed.split("ProcessTableFunction\\(", -1).length, executed);
    set.execute().await();
    final List<Row> metrics = session.all("SELECT metrics FROM out_ WHERE kind = 'metrics'");
    assertEquals(2, metrics.size());
    assertEquals(1_000d, metrics.get(1).<Map<String, Double>>getFieldAs(0).get("events"));
  }

  private String refusal(final String query) {
    return refusal(session().table("events", rows(0, 3, 1), 0), query);
  }

  private static String refusal(final Session session, final String query) {
    Throwable cause = assertThrows(Exception.class, () -> session.tables.explainSql(query));
    final StringBuilder said = new StringBuilder();
    for (; cause != null; cause = cause.getCause()) {
      said.append(cause.getMessage()).append('\n');
    }
    return said.toString();
  }

  @Test
  void aStatementThatCannotWorkIsRefusedWhereItIsPlanned() throws Exception {
    final String preset = refusal(Session.braid("events", "model.preset = brayd"));
    assertTrue(preset.contains("model.preset"), preset);
    final String key = refusal(Session.braid("events", "kafka.group = x"));
    assertTrue(key.contains("about the job with Kafka"), key);
    final String label =
        refusal(Session.braid("events", "").replace("DESCRIPTOR(cls)", "DESCRIPTOR(k, cls)"));
    assertTrue(label.contains("takes one column"), label);
    final String type =
        refusal(
            Session.braid("(SELECT *, MAP[1, 2] AS m FROM events)", "")
                .replace("TABLE (SELECT", "(SELECT"));
    assertTrue(type.contains("Column 'm'"), type);
    for (final String column : List.of("id", "k", "cls")) {
      final String bytes =
          refusal(
              Session.braid(
                      "(SELECT "
                          + "id, k, a, cls"
                              .replace(column, "CAST(" + column + " AS BYTES) AS " + column)
                          + " FROM events)",
                      "")
                  .replace("TABLE (SELECT", "(SELECT"));
      assertTrue(bytes.contains("Column '" + column + "'"), bytes);
    }
  }

  @Test
  void aRowThatCannotBeUsedIsADeadLetterAmongTheOthers() throws Exception {
    final List<Row> rows = rows(0, 100, 1);
    rows.add(40, Row.of(null, "k0", 0.5, 0.5, "v1", "high"));
    rows.add(60, Row.of("e-long", "k0", 0.5, 0.5, "x".repeat(100_000), "high"));
    final List<Row> out = session().table("events", rows, 0).all(Session.braid("events", OPTIONS));
    assertEquals(100, Session.count(out, "prediction"));
    assertEquals(2, Session.count(out, "dead-letter"));
  }
}
