package dev.braid.benchmarks.models;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.EventLearnerOperator;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;

/** The job's learner over generated events, without Kafka. */
final class ModelsJob {
  /** Name of the operator that is measured. */
  static final String OPERATOR = "learner";

  private static final int MAX_PARALLELISM = 720;
  private static final int EVENTS_OF_EXAMPLE = 8;

  /** What a model is made of to be small when it is grown up. */
  static final Map<String, String> SMALL =
      Map.of(
          "experts",
          "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2"
              + "+naive-bayes(100|1000|10000)*3+last-label",
          "combine",
          "log-opinion-pool+stacking-net(hidden=4,remembered=32)");

  private final Traffic traffic;
  private final Duration checkpoints;

  /**
   * @param checkpoints time between checkpoints
   */
  ModelsJob(final Traffic traffic, final Duration checkpoints) {
    this.traffic = traffic;
    this.checkpoints = checkpoints;
  }

  /**
   * A configuration.
   *
   * @param workingSet in words
   * @param packBelow in words
   * @param options of the preset braid that differ from its defaults
   */
  static LearnerConfig config(
      final String workingSet, final String packBelow, final Map<String, String> options) {
    return LearnerConfig.of(values(workingSet, packBelow, options));
  }

  /**
   * The same for models that are dropped once nothing has used them for a time.
   *
   * @param idle how long
   */
  static LearnerConfig expiring(
      final String workingSet,
      final String packBelow,
      final Map<String, String> options,
      final Duration idle) {
    final Map<String, String> values = values(workingSet, packBelow, options);
    values.put("state.expire-after", idle.toSeconds() + " s");
    return LearnerConfig.of(values);
  }

  private static Map<String, String> values(
      final String workingSet, final String packBelow, final Map<String, String> options) {
    final Map<String, String> values =
        new HashMap<>(
            Map.of(
                "model.preset", "braid",
                "schema.numeric", "a,b,c",
                "schema.classes", "low,high",
                "state.working-set", workingSet));
    values.put("state.pack-below", packBelow);
    values.put("metrics.every", "1000000");
    options.forEach((name, value) -> values.put("model.options." + name, value));
    return values;
  }

  /**
   * What a model is at rest, made without the job.
   *
   * @param bytes wanted; what a model has less is filled with more of the same
   */
  static byte[] example(final LearnerConfig config, final int bytes) {
    final Schema schema =
        new Schema(
            config.schema().numeric().stream().map(Feature::numeric).toList(),
            config.schema().classes());
    final LearnerSpec spec = config.spec();
    final Learner learner = Presets.open(spec, schema);
    final Traffic one = new Traffic(1, 0);
    for (int i = 0; i < EVENTS_OF_EXAMPLE; i++) {
      final double[] x = one.features(i);
      learner.testThenTrain(x, schema.classIndex(one.label(0, x)), new Prediction());
    }
    final byte[] image = LearnerImage.toBytes(learner);
    final byte[] filled = new byte[bytes];
    for (int at = 0; at < bytes; at += image.length) {
      System.arraycopy(image, 0, filled, at, Math.min(image.length, bytes - at));
    }
    return filled;
  }

  /** Adds the learners to an environment. */
  void learners(
      final StreamExecutionEnvironment environment,
      final int parallelism,
      final String savepoint,
      final LearnerConfig config,
      final MapFunction<PredictionRecord, PredictionRecord> sink) {
    write(
        events(environment, savepoint)
            .transform(OPERATOR, RecordTypes.PREDICTION, new EventLearnerOperator(config)),
        parallelism,
        sink);
  }

  /** Adds to an environment, in the learners' place, an operator that only gets and puts bytes. */
  void plainState(
      final StreamExecutionEnvironment environment,
      final int parallelism,
      final OneInputStreamOperator<Event, PredictionRecord> operator,
      final MapFunction<PredictionRecord, PredictionRecord> sink) {
    write(
        events(environment, null).transform(OPERATOR, RecordTypes.PREDICTION, operator),
        parallelism,
        sink);
  }

  private static void write(
      final SingleOutputStreamOperator<PredictionRecord> predictions,
      final int parallelism,
      final MapFunction<PredictionRecord, PredictionRecord> sink) {
    predictions
        .uid("learner")
        .setParallelism(parallelism)
        .map(sink)
        .returns(RecordTypes.PREDICTION)
        .uid("count")
        .setParallelism(parallelism)
        .sinkTo(new DiscardingSink<>())
        .uid("sink")
        .setParallelism(parallelism);
  }

  private KeyedStream<Event, String> events(
      final StreamExecutionEnvironment environment, final String savepoint) {
    environment.configure(settings(savepoint));
    final Traffic generated = traffic;
    final DataStream<Event> events =
        environment
            .fromSource(
                new NumberSequenceSource(0, Long.MAX_VALUE - 1),
                WatermarkStrategy.noWatermarks(),
                "numbers")
            .uid("numbers")
            .setParallelism(1)
            .map(generated::event)
            .returns(RecordTypes.EVENT)
            .uid("events")
            .setParallelism(1);
    return events.keyBy(Event::key, Types.STRING);
  }

  private Configuration settings(final String savepoint) {
    final Configuration flink = new Configuration();
    flink.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
    // A job that began anew would be measured with what it did twice.
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    return flink;
  }
}
