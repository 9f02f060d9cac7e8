package dev.braid.benchmarks.gpu;

import dev.braid.benchmarks.dense.DenseCase;
import dev.braid.connectors.Event;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.experts.moe.Precision;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.dense.DenseLayers;
import dev.braid.jobs.dense.DenseMoeOperator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job from decoded events to the layer's word about them, in a Flink cluster of its own inside
 * this process: events as JSON, decoded by several subtasks, shuffled to the one that has the
 * layer, and from there on to the next operator. No Kafka, no models and no checkpoints.
 */
final class OperatorJob implements AutoCloseable {
  private static final int MAX_PARALLELISM = 720;

  private final DenseCase shape;
  private final int decoders;
  private final MiniCluster cluster;

  /**
   * Starts the cluster.
   *
   * @param decoders subtasks that decode
   */
  OperatorJob(final DenseCase shape, final int decoders) throws Exception {
    this.shape = shape;
    this.decoders = decoders;
    final Configuration settings = new Configuration();
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(RestOptions.BIND_ADDRESS, "localhost");
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(decoders)
                .build());
    cluster.start();
  }

  MiniCluster cluster() {
    return cluster;
  }

  /**
   * The job.
   *
   * @param backend as the configuration names it
   * @param events how many there are
   */
  JobGraph graph(final String backend, final Precision precision, final long events) {
    final JobConfig config = config(backend, precision);
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings());
    final DenseLayers layers = new DenseLayers(1, MAX_PARALLELISM);
    final KeyedStream<Event, Integer> keyed =
        environment
            .fromSource(
                new NumberSequenceSource(0, events - 1),
                WatermarkStrategy.noWatermarks(),
                "numbers")
            .setParallelism(decoders)
            .flatMap(new Generated(shape.inputs(), shape.classes()))
            .returns(RecordTypes.EVENT)
            .setParallelism(decoders)
            .keyBy(layers::of, Types.INT);
    keyed
        .transform("dense", RecordTypes.EVENT, new DenseMoeOperator(config))
        .setParallelism(1)
        .keyBy(Event::key, Types.STRING)
        .map(new Received(shape.inputs()))
        .returns(RecordTypes.EVENT)
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .setParallelism(1);
    return environment.getStreamGraph().getJobGraph();
  }

  private static Configuration settings() {
    final Configuration flink = new Configuration();
    flink.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    // A job that began anew would have lost nothing, and shown nothing.
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return flink;
  }

  private JobConfig config(final String backend, final Precision precision) {
    final Map<String, String> values = new HashMap<>();
    values.put("schema.numeric", list("f", shape.inputs()));
    values.put("schema.classes", list("c", shape.classes()));
    values.put("model.seed", "5");
    values.put("dense.layer", "gate=softmax,expert=mlp(" + shape.hidden() + ")*" + shape.experts());
    values.put("dense.batch", Integer.toString(shape.rows()));
    values.put("dense.max-delay", "1 s");
    values.put("dense.backend", backend);
    values.put("dense.precision", precision.name().toLowerCase(Locale.ROOT));
    return JobConfig.of(values);
  }

  private static String list(final String prefix, final int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    cluster.closeAsync().join();
  }
}
