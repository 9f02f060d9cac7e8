package dev.braid.jobs.topology;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.SinkOptions;
import dev.braid.connectors.kafka.Sinks;
import dev.braid.connectors.kafka.Sources;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.api.DeadLetterSplit;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.dense.DenseLayers;
import dev.braid.jobs.dense.DenseMoeOperator;
import dev.braid.jobs.dense.LabelledDenseMoeOperator;
import dev.braid.jobs.operator.SideOutputs;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job: events and late labels from Kafka, one learner per model key, and predictions,
 * metrics, drift and dead letters to Kafka.
 *
 * <p>Every operator has a fixed uid, so that a savepoint finds its state in a later version.
 */
public final class BraidTopology {
  /** Uid of the operator that holds the models. */
  public static final String LEARNER = "learner";

  /** Uid of the operator that holds the dense layers. */
  public static final String DENSE = "dense";

  private final JobConfig config;
  private final KafkaCluster cluster;
  private final KafkaParts parts;
  private final List<DataStream<DeadLetter>> deadLetters = new ArrayList<>();

  private BraidTopology(final JobConfig config) {
    this.config = config;
    this.parts = new KafkaParts(config);
    this.cluster = parts.cluster();
  }

  /**
   * Adds the job to an environment and configures the environment for it; {@code execute} is the
   * caller's.
   *
   * @throws dev.braid.jobs.config.ConfigException with one sentence, if the models in the savepoint
   *     that the environment names cannot go on with the configuration
   * @throws dev.braid.connectors.kafka.BrokerException with one sentence, if no broker answers or a
   *     topic is missing
   */
  public static void build(final StreamExecutionEnvironment environment, final JobConfig config) {
    environment.configure(FlinkSettings.of(config));
    if (config.job().parallelism() > 0) {
      environment.setParallelism(config.job().parallelism());
    }
    environment
        .getConfiguration()
        .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
        .ifPresent(savepoint -> SavepointCheck.check(savepoint, config));
    new BraidTopology(config).build(environment);
  }

  private void build(final StreamExecutionEnvironment environment) {
    final SinkPlaces sinks = SinkPlaces.ask(config, parts);
    final SingleOutputStreamOperator<PredictionRecord> predictions =
        config.job().shards() > 1 ? divided(environment) : whole(environment);

    final FieldNames fields = config.fields();
    final JobConfig.Kafka kafka = config.kafka();
    final SinkOptions to = sinks.of(kafka.predictionsTopic(), "predictions");
    write(
        predictions,
        "predictions",
        Sinks.predictions(cluster, to, config.predictionEncoder(Sinks.mostBytes(to))));
    write(
        predictions.getSideOutput(SideOutputs.METRICS),
        "metrics",
        Sinks.metrics(cluster, sinks.of(kafka.metricsTopic(), "metrics"), fields));
    write(
        predictions.getSideOutput(SideOutputs.DRIFT),
        "drift",
        Sinks.drift(cluster, sinks.of(kafka.driftTopic(), "drift"), fields));
    write(
        deadLetters.stream().reduce(DataStream::union).orElseThrow(),
        "dead-letters",
        Sinks.deadLetters(cluster, sinks.of(kafka.deadLettersTopic(), "dead-letters")));
    if (!kafka.modelsTopic().isEmpty()) {
      write(
          predictions.getSideOutput(SideOutputs.MODELS),
          "models",
          Sinks.models(cluster, parts.models()));
    }
  }

  /** Models in one operator, each of which one subtask serves. */
  private SingleOutputStreamOperator<PredictionRecord> whole(
      final StreamExecutionEnvironment environment) {
    final BraidStream learned =
        config.eventsBringLabels() && !config.dense().enabled()
            ? mixed(environment)
            : apart(environment);
    learned.uid(LEARNER);
    deadLetters.add(learned.deadLetters());
    return learned.predictions();
  }

  /** Models whose experts several subtasks serve. */
  private SingleOutputStreamOperator<PredictionRecord> divided(
      final StreamExecutionEnvironment environment) {
    final DividedModels models =
        DividedModels.of(
            config.dense().enabled() ? predictedRecords(environment) : records(environment),
            config.learner(),
            config.eventsBringLabels() || hasLabelsTopic(),
            config.job().shards(),
            config.job().bufferTimeout());
    deadLetters.add(models.deadLetters());
    return models.predictions();
  }

  private DataStream<Decoded> records(final StreamExecutionEnvironment environment) {
    final DataStream<Decoded> events =
        records(environment, config.kafka().eventsTopic(), "events", config.eventDecoder());
    return hasLabelsTopic()
        ? events.union(
            records(environment, config.kafka().labelsTopic(), "labels", config.labelDecoder()))
        : events;
  }

  private DataStream<Decoded> records(
      final StreamExecutionEnvironment environment,
      final String topic,
      final String name,
      final RecordDecoder decoder) {
    return decoded(environment, topic, name, decoder, Decoded.class, RecordTypes.DECODED);
  }

  /** Events with the dense layer's predictions, and the late labels if any come. */
  private DataStream<Decoded> predictedRecords(final StreamExecutionEnvironment environment) {
    final SingleOutputStreamOperator<Event> decoded = events(environment);
    final DataStream<LabelRecord> labels = lateLabels(environment, decoded);
    final DataStream<Decoded> events =
        predicted(environment, decoded, labels)
            .map(event -> (Decoded) event)
            .returns(RecordTypes.DECODED)
            .uid("events-as-records");
    return labels == null
        ? events
        : events.union(
            labels
                .map(label -> (Decoded) label)
                .returns(RecordTypes.DECODED)
                .uid("labels-as-records"));
  }

  /** Learns from events and labels in the order in which they come in one topic. */
  private BraidStream mixed(final StreamExecutionEnvironment environment) {
    final DataStream<Decoded> events =
        source(environment, config.kafka().eventsTopic(), "events", config.eventDecoder());
    return BraidStream.learnMixed(
        hasLabelsTopic()
            ? events.union(
                source(environment, config.kafka().labelsTopic(), "labels", config.labelDecoder()))
            : events,
        config.learner());
  }

  /** Learns from events, and from labels that come by a way of their own, if any come. */
  private BraidStream apart(final StreamExecutionEnvironment environment) {
    final SingleOutputStreamOperator<Event> decoded = events(environment);
    final DataStream<LabelRecord> labels = lateLabels(environment, decoded);
    return BraidStream.learn(
        config.dense().enabled() ? predicted(environment, decoded, labels) : decoded,
        labels,
        config.learner());
  }

  /** Labels of their own topic and among the events; null where none come. */
  private DataStream<LabelRecord> lateLabels(
      final StreamExecutionEnvironment environment,
      final SingleOutputStreamOperator<Event> events) {
    final DataStream<LabelRecord> own = hasLabelsTopic() ? labels(environment) : null;
    if (!config.eventsBringLabels()) {
      return own;
    }
    final DataStream<LabelRecord> among = events.getSideOutput(DeadLetterSplit.LATE_LABELS);
    return own == null ? among : among.union(own);
  }

  private boolean hasLabelsTopic() {
    return !config.kafka().labelsTopic().isEmpty();
  }

  private SingleOutputStreamOperator<Event> events(final StreamExecutionEnvironment environment) {
    return decoded(
        environment,
        config.kafka().eventsTopic(),
        "events",
        config.eventDecoder(),
        Event.class,
        RecordTypes.EVENT);
  }

  private DataStream<LabelRecord> labels(final StreamExecutionEnvironment environment) {
    return decoded(
        environment,
        config.kafka().labelsTopic(),
        "labels",
        config.labelDecoder(),
        LabelRecord.class,
        RecordTypes.LABEL);
  }

  /** The events with the dense layer's predictions. */
  private DataStream<Event> predicted(
      final StreamExecutionEnvironment environment,
      final DataStream<Event> events,
      final DataStream<LabelRecord> labels) {
    final int count = config.dense().layers();
    final DenseLayers layers = new DenseLayers(count, FlinkSettings.MAX_PARALLELISM);
    final KeyedStream<Event, Integer> keyed = events.keyBy(layers::of, Types.INT);
    final SingleOutputStreamOperator<Event> predicted =
        labels == null
            ? keyed.transform(DENSE, RecordTypes.EVENT, new DenseMoeOperator(config))
            : keyed
                .connect(labels.keyBy(layers::of, Types.INT))
                .transform(DENSE, RecordTypes.EVENT, new LabelledDenseMoeOperator(config));
    return predicted.setParallelism(Math.min(count, environment.getParallelism())).uid(DENSE);
  }

  private DataStream<Decoded> source(
      final StreamExecutionEnvironment environment,
      final String topic,
      final String name,
      final RecordDecoder decoder) {
    return environment
        .fromSource(
            Sources.of(cluster, parts.source(topic), decoder),
            WatermarkStrategy.noWatermarks(),
            name,
            RecordTypes.DECODED)
        .uid(name + "-source");
  }

  private <T extends Decoded> SingleOutputStreamOperator<T> decoded(
      final StreamExecutionEnvironment environment,
      final String topic,
      final String name,
      final RecordDecoder decoder,
      final Class<T> type,
      final TypeInformation<T> information) {
    final SingleOutputStreamOperator<T> decoded =
        source(environment, topic, name, decoder)
            .process(new DeadLetterSplit<>(type, Integer.MAX_VALUE), information)
            .name(name + ": split dead letters")
            .uid(name + "-split");
    deadLetters.add(decoded.getSideOutput(SideOutputs.DEAD_LETTERS));
    return decoded;
  }

  /**
   * Writes on a thread of its own: JSON and Kafka's batches take a quarter of the learner's time
   * for the predictions, and every sink waits for the broker at each checkpoint, to end a
   * transaction and to begin the next. The learner's thread is the one that a single model waits
   * for.
   */
  private static <T> void write(final DataStream<T> stream, final String name, final Sink<T> sink) {
    stream.sinkTo(sink).name(name).uid(name + "-sink").disableChaining();
  }
}
