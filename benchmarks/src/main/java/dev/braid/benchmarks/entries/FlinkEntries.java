package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.sql.BraidFunction;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/** The entries of Flink programs, over RocksDB, with a checkpoint every ten seconds. */
final class FlinkEntries {
  private FlinkEntries() {}

  static StreamExecutionEnvironment environment(final Path folder) {
    final Configuration configuration = new Configuration();
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(1);
    return environment;
  }

  static void stream(final Path folder, final int events) throws Exception {
    final StreamExecutionEnvironment environment = environment(folder);
    BraidStream.learn(
            environment.fromSequence(0, events - 1).map(Events::event).returns(RecordTypes.EVENT),
            LearnerConfig.defaults())
        .predictions()
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

  static void sql(final Path folder, final int events) throws Exception {
    final StreamExecutionEnvironment environment = environment(folder);
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
}
