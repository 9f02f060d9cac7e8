package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.cli.LocalCluster;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.sql.BraidFunction;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/**
 * The entries of Flink programs, over RocksDB, with a checkpoint every ten seconds; all jobs in one
 * cluster, since to start it costs as much as ten thousand events.
 */
final class FlinkEntries implements AutoCloseable {
  private final LocalCluster cluster;

  FlinkEntries(final Path folder) throws Exception {
    cluster = LocalCluster.start(folder, 1, "0", MemorySize.ofMebiBytes(128));
  }

  /** An environment whose jobs run here. */
  StreamExecutionEnvironment environment() {
    final Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    final StreamExecutionEnvironment environment = cluster.environment();
    environment.configure(configuration);
    environment.setParallelism(1);
    return environment;
  }

  void stream(final int events) throws Exception {
    final StreamExecutionEnvironment environment = environment();
    BraidStream.learn(
            environment.fromSequence(0, events - 1).map(Events::event).returns(RecordTypes.EVENT),
            LearnerConfig.defaults())
        .predictions()
        .sinkTo(new DiscardingSink<>());
    environment.execute();
  }

  /** What a job of that shape costs without Braid: the learner is lost with the task. */
  void unmanaged(final int events) throws Exception {
    final StreamExecutionEnvironment environment = environment();
    environment
        .fromSequence(0, events - 1)
        .map(Events::event)
        .returns(RecordTypes.EVENT)
        .keyBy(Event::key, Types.STRING)
        .process(new UnmanagedLearners(), RecordTypes.PREDICTION)
        .sinkTo(new DiscardingSink<>());
    environment.execute();
  }

  private static final TypeInformation<Row> ROW =
      Types.ROW_NAMED(
          new String[] {"id", "a", "b", "c", "d", "e", "f", "g", "colour", "label"},
          Types.STRING,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.STRING,
          Types.STRING);

  private static Row row(final Event event) {
    final Row row = new Row(ROW.getArity());
    row.setField(0, event.id());
    for (int f = 0; f < 7; f++) {
      row.setField(1 + f, event.numbers()[f]);
    }
    row.setField(8, event.texts()[7]);
    row.setField(9, event.label());
    return row;
  }

  void sql(final int events) throws Exception {
    final StreamExecutionEnvironment environment = environment();
    final StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    tables.createTemporaryView(
        "events",
        tables.fromDataStream(
            environment.fromSequence(0, events - 1).map(i -> row(Events.event(i))).returns(ROW)));
    tables.executeSql("CREATE TEMPORARY FUNCTION BRAID AS '" + BraidFunction.class.getName() + "'");
    tables.executeSql(
        "CREATE TEMPORARY TABLE predictions (id STRING, predicted STRING, probabilities"
            + " MAP<STRING, DOUBLE>, weights MAP<STRING, DOUBLE>) WITH ('connector' ="
            + " 'blackhole')");
    tables
        .executeSql(
            "INSERT INTO predictions SELECT id, predicted, probabilities, weights FROM BRAID(input"
                + " => TABLE events, label => DESCRIPTOR(label), id => DESCRIPTOR(id), uid =>"
                + " 'braid')")
        .await();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
