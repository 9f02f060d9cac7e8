package dev.braid.jobs.sql;

import dev.braid.connectors.PredictionRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/** A session of SQL with the function BRAID, over RocksDB. */
final class Session {
  static final String[] COLUMNS = {"id", "k", "a", "b", "c", "cls"};
  static final TypeInformation<Row> TYPE =
      Types.ROW_NAMED(
          COLUMNS,
          Types.STRING,
          Types.STRING,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.STRING,
          Types.STRING);

  private final Path folder;
  final StreamExecutionEnvironment environment;
  final StreamTableEnvironment tables;

  /**
   * @param folder for checkpoints and savepoints
   * @param settings of Flink, for the jobs of this session
   */
  Session(final SqlCluster cluster, final Path folder, final Map<String, String> settings) {
    this.folder = folder;
    final Configuration configuration = new Configuration();
    configuration.setString("state.backend.type", "rocksdb");
    configuration.setString("execution.checkpointing.interval", "200 ms");
    configuration.setString("execution.checkpointing.incremental", "true");
    configuration.setString(
        "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
    configuration.setString("restart-strategy.type", "fixed-delay");
    configuration.setString("restart-strategy.fixed-delay.attempts", "3");
    configuration.setString("restart-strategy.fixed-delay.delay", "50 ms");
    settings.forEach(configuration::setString);
    environment = cluster.environment();
    environment.configure(configuration);
    environment.setParallelism(Integer.parseInt(settings.getOrDefault("parallelism.default", "1")));
    tables = StreamTableEnvironment.create(environment);
    tables.executeSql("CREATE TEMPORARY FUNCTION BRAID AS '" + BraidFunction.class.getName() + "'");
    tables.executeSql(
        "CREATE TEMPORARY FUNCTION BRAID_WITH_LABELS AS '"
            + BraidWithLabelsFunction.class.getName()
            + "'");
  }

  /** Row i of a concept that a tree can learn, one of so many keys. */
  static Row row(final long i, final int keys, final boolean labelled) {
    final SplittableRandom random = new SplittableRandom(i);
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    final int c = random.nextInt(4);
    final String label = a + b * (1 + c) > 1.5 ? "high" : "low";
    return Row.of("e" + i, "k" + i % keys, a, b, "v" + c, labelled ? label : null);
  }

  static String label(final long i) {
    return (String) row(i, 1, true).getField(5);
  }

  /** The same row as a change of it. */
  static Row changed(final RowKind kind, final Row row) {
    final Row changed = Row.copy(row);
    changed.setKind(kind);
    return changed;
  }

  /** A table of rows in their order, at most so many in a second, 0 for all at once. */
  Session table(final String name, final List<Row> rows, final int perSecond) {
    return table(name, rows, limit(perSecond));
  }

  /** The same, in the source's own time. */
  Session table(final String name, final List<Row> rows, final RateLimiterStrategy<?> limit) {
    tables.createTemporaryView(name, tables.fromDataStream(stream(rows, limit)));
    return this;
  }

  /** A name for a query: in Flink's grammar only a table that has one is partitioned. */
  Session view(final String name, final String query) {
    tables.executeSql("CREATE TEMPORARY VIEW " + name + " AS " + query);
    return this;
  }

  /** The same with the column t, the row's time: as many minutes as column b says. */
  Session timed(final String name, final List<Row> rows) {
    tables.createTemporaryView(
        name + "_b",
        tables.fromDataStream(
            stream(rows, 0),
            Schema.newBuilder()
                .columnByExpression("t", "TO_TIMESTAMP_LTZ(CAST(b * 60000 AS BIGINT), 3)")
                .watermark("t", "t")
                .build()));
    tables.executeSql(
        "CREATE TEMPORARY VIEW " + name + " AS SELECT id, k, a, c, cls, t FROM " + name + "_b");
    return this;
  }

  private static RateLimiterStrategy<?> limit(final int perSecond) {
    return perSecond == 0 ? RateLimiterStrategy.noOp() : RateLimiterStrategy.perSecond(perSecond);
  }

  DataStream<Row> stream(final List<Row> rows, final int perSecond) {
    return stream(rows, limit(perSecond));
  }

  private DataStream<Row> stream(final List<Row> rows, final RateLimiterStrategy<?> limit) {
    final List<Row> all = new ArrayList<>(rows);
    return environment
        .fromSource(
            new DataGeneratorSource<>(i -> all.get(i.intValue()), all.size(), limit, TYPE),
            WatermarkStrategy.noWatermarks(),
            name(rows),
            TYPE)
        .setParallelism(1)
        .uid(name(rows))
        .map(new FailsOnce(), TYPE)
        .setParallelism(1)
        .uid(name(rows) + "-map");
  }

  private static String name(final List<Row> rows) {
    return "rows" + rows.size();
  }

  /** A table whose rows change: inserted, updated, deleted. */
  Session changes(final String name, final List<Row> changes, final ChangelogMode mode) {
    final Schema schema =
        Schema.newBuilder()
            .column("id", "STRING NOT NULL")
            .column("k", "STRING")
            .column("a", "DOUBLE")
            .column("b", "DOUBLE")
            .column("c", "STRING")
            .column("cls", "STRING")
            .primaryKey("id")
            .build();
    tables.createTemporaryView(name, tables.fromChangelogStream(stream(changes, 0), schema, mode));
    return this;
  }

  static String braid(final String table, final String options) {
    return "SELECT * FROM BRAID(input => TABLE "
        + table
        + " PARTITION BY k, label => DESCRIPTOR(cls), id => DESCRIPTOR(id), options => '"
        + options
        + "', uid => 'braid')";
  }

  /** All rows that a query gives. */
  @SuppressWarnings("try") // Nothing interrupts a test.
  List<Row> all(final String query) throws Exception {
    final List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> each = tables.executeSql(query).collect()) {
      each.forEachRemaining(rows::add);
    }
    return rows;
  }

  /**
   * Stops a query in good order once it gave so many rows.
   *
   * @param rows receives all that it gave
   * @return the savepoint
   */
  @SuppressWarnings("try") // Nothing interrupts a test.
  String stopAfter(final int count, final String query, final List<Row> rows) throws Exception {
    final TableResult result = tables.executeSql(query);
    try (CloseableIterator<Row> each = result.collect()) {
      while (rows.size() < count) {
        rows.add(each.next());
      }
      final CompletableFuture<String> savepoint =
          result
              .getJobClient()
              .orElseThrow()
              .stopWithSavepoint(
                  false,
                  folder.resolve("savepoints").toUri().toString(),
                  SavepointFormatType.CANONICAL);
      each.forEachRemaining(rows::add);
      return savepoint.get();
    }
  }

  /** What is said of each id: prediction, probabilities, weights and version, to the last bit. */
  static Map<String, String> predictions(final List<Row> rows) {
    final Map<String, String> said = new TreeMap<>();
    for (final Row row : rows) {
      if ("prediction".equals(row.getField("kind"))) {
        final String before =
            said.put(
                (String) row.getField("id"),
                said(
                    row.<String>getFieldAs("predicted"),
                    row.getFieldAs("probabilities"),
                    row.getFieldAs("weights"),
                    row.<Long>getFieldAs("model_version")));
        if (before != null) {
          throw new AssertionError(row.getField("id") + " was predicted twice");
        }
      }
    }
    return said;
  }

  /** The same of the records of a stream. */
  static Map<String, String> ofRecords(final Iterable<PredictionRecord> records) {
    final Map<String, String> said = new TreeMap<>();
    for (final PredictionRecord record : records) {
      final Map<String, Double> probabilities = new TreeMap<>();
      for (int c = 0; c < record.classes().size(); c++) {
        probabilities.put(record.classes().get(c), record.probabilities()[c]);
      }
      final Map<String, Double> weights = new TreeMap<>();
      for (int e = 0; e < record.experts().size(); e++) {
        weights.put(record.experts().get(e), record.weights()[e]);
      }
      said.put(
          record.id(), said(record.predicted(), probabilities, weights, record.modelVersion()));
    }
    return said;
  }

  private static String said(
      final String predicted,
      final Map<String, Double> probabilities,
      final Map<String, Double> weights,
      final long version) {
    return predicted
        + " "
        + new TreeMap<>(probabilities)
        + " "
        + new TreeMap<>(weights)
        + " "
        + version;
  }

  static long count(final List<Row> rows, final String kind) {
    return rows.stream().filter(row -> kind.equals(row.getField("kind"))).count();
  }

  static double accuracy(final List<Row> rows) {
    long right = 0;
    long all = 0;
    for (final Row row : rows) {
      if ("prediction".equals(row.getField("kind"))) {
        final long i = Long.parseLong(row.<String>getFieldAs("id").substring(1));
        right += label(i).equals(row.getField("predicted")) ? 1 : 0;
        all++;
      }
    }
    return (double) right / all;
  }
}
