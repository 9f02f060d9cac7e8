package dev.braid.jobs.topology;

import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker and a real cluster with one task manager, for the tests of one class. */
final class Rig implements AutoCloseable {
  /** How long a test waits for what must come; reached only when it fails. */
  private static final long PATIENCE_MILLIS = 120_000;

  private final Path folder;
  private final LocalBroker broker;
  private final KafkaCluster kafka;
  private final MiniCluster flink;
  private final InMemoryReporter metrics;
  private final KafkaProducer<byte[], byte[]> producer;
  private int taskManagers = 1;

  private Rig(
      final Path folder,
      final LocalBroker broker,
      final MiniCluster flink,
      final InMemoryReporter metrics) {
    this.folder = folder;
    this.broker = broker;
    this.kafka = KafkaCluster.at(broker.bootstrapServers());
    this.flink = flink;
    this.metrics = metrics;
    this.producer =
        new KafkaProducer<>(
            kafka.client(Map.of("max.request.size", "20000000", "linger.ms", "5")),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static Rig start(final Path folder) throws Exception {
    return start(folder, new Configuration());
  }

  /**
   * @param settings of Flink, beside those of these tests
   */
  static Rig start(final Path folder, final Configuration settings) throws Exception {
    final Configuration configuration = new Configuration(settings);
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    final InMemoryReporter metrics = InMemoryReporter.create();
    metrics.addToConfiguration(configuration);
    final MiniCluster flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .build());
    flink.start();
    return new Rig(folder, LocalBroker.start(), flink, metrics);
  }

  /**
   * A configuration with a small learner and all topics created, their names after the job's.
   *
   * @param job name of the job, of its consumer group and of its output topics
   * @param events topic of the events
   */
  JobConfig config(final String job, final String events, final String... keysAndValues) {
    final List<String> values =
        new ArrayList<>(
            List.of(
                "model.preset", "driftmoe-data",
                "model.options.experts", "hoeffding-tree(grace-period=50)*4",
                "model.options.top-k", "2",
                "model.options.hidden", "16"));
    values.addAll(List.of(keysAndValues));
    return configWithoutLearner(job, events, values.toArray(String[]::new));
  }

  /** The same with the default learner. */
  JobConfig configWithoutLearner(
      final String job, final String events, final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    values.put("job.name", job);
    values.put("job.parallelism", "1");
    values.put("job.restart-delay", "100 ms");
    values.put("kafka.bootstrap-servers", broker.bootstrapServers());
    values.put("kafka.group", job);
    values.put("kafka.events-topic", events);
    values.put("kafka.predictions-topic", job + "-predictions");
    values.put("kafka.metrics-topic", job + "-metrics");
    values.put("kafka.drift-topic", job + "-drift");
    values.put("kafka.dead-letters-topic", job + "-dead-letters");
    values.put("checkpoints.interval", "300 ms");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    final JobConfig config = JobConfig.of(values);
    createTopics(kafka, config);
    return config;
  }

  /** Creates the topics that a job needs and that are not there yet. */
  static void createTopics(final KafkaCluster kafka, final JobConfig config) {
    try (Topics topics = Topics.connect(kafka, Duration.ofSeconds(30))) {
      final List<TopicSpec> specs = new ArrayList<>();
      for (final String topic : new KafkaParts(config).topics()) {
        specs.add(
            topic.endsWith("dead-letters")
                ? TopicSpec.deadLetters(topic)
                : topic.endsWith("-models")
                    ? TopicSpec.models(topic)
                    : new TopicSpec(topic, 1, (short) -1, Map.of("max.message.bytes", "20000000")));
      }
      topics.create(specs);
    }
  }

  /** An environment whose jobs run here. */
  TestStreamEnvironment environment() {
    return new TestStreamEnvironment(flink, 1);
  }

  /** The same for a job that goes on from a savepoint. */
  TestStreamEnvironment environment(final String savepoint) {
    final TestStreamEnvironment environment = environment();
    final Configuration restore = new Configuration();
    restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    environment.configure(restore);
    return environment;
  }

  /** Starts the job, from a savepoint if there is one. */
  JobClient run(final JobConfig config, final String savepoint) throws Exception {
    final TestStreamEnvironment environment =
        savepoint == null ? environment() : environment(savepoint);
    BraidTopology.build(environment, config);
    return environment.executeAsync(config.job().name());
  }

  /** Runs a bounded job to its end, and until all that it wrote can be read. */
  void runToEnd(final JobConfig config) throws Exception {
    run(config, null).getJobExecutionResult().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    for (final String topic : new KafkaParts(config).topics()) {
      awaitEndOfTransactions(topic);
    }
  }

  /**
   * Kafka says yes to a commit before it has written the mark of it into every partition; until
   * then readers do not see the transaction's records.
   */
  private void awaitEndOfTransactions(final String topic) throws Exception {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    try (Admin admin = Admin.create(kafka.client(Map.of()))) {
      while (!ends(admin, topic, IsolationLevel.READ_COMMITTED)
          .equals(ends(admin, topic, IsolationLevel.READ_UNCOMMITTED))) {
        if (System.currentTimeMillis() > deadline) {
          throw new AssertionError("a transaction on topic " + topic + " does not end");
        }
        Thread.sleep(50);
      }
    }
  }

  /** The end of each partition for a reader. */
  private static Map<TopicPartition, Long> ends(
      final Admin admin, final String topic, final IsolationLevel isolation) throws Exception {
    final Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
        .map(TopicPartitionInfo::partition)
        .forEach(p -> latest.put(new TopicPartition(topic, p), OffsetSpec.latest()));
    final Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(latest, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** Stops a job in good order, once all of it runs. */
  String stop(final JobClient job) throws Exception {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!runs(job) && System.currentTimeMillis() < deadline) {
      Thread.sleep(50);
    }
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private boolean runs(final JobClient job) throws Exception {
    return flink.getExecutionGraph(job.getJobID()).get().getAllVertices().values().stream()
        .flatMap(vertex -> Arrays.stream(vertex.getTaskVertices()))
        .allMatch(task -> task.getExecutionState() == ExecutionState.RUNNING);
  }

  /** Ends the task manager without a word to the job, and brings another. */
  void replaceTaskManager() throws Exception {
    flink.terminateTaskManager(taskManagers - 1).get();
    flink.startTaskManager();
    taskManagers++;
  }

  /** How often the job began anew. */
  long restarts(final JobClient job) throws Exception {
    return flink.getExecutionGraph(job.getJobID()).get().getAllVertices().values().stream()
        .flatMap(vertex -> Arrays.stream(vertex.getTaskVertices()))
        .mapToLong(task -> task.getCurrentExecutionAttempt().getAttemptNumber())
        .max()
        .orElse(0);
  }

  /**
   * Braid's gauges and counters of a job as reporters see them, by what follows the group's name.
   */
  Map<String, Number> gauges(final JobClient job) {
    return gauges(job, "learner.0.braid.");
  }

  /** An operator's gauges and counters as reporters see them, by what follows the group's name. */
  Map<String, Number> gauges(final JobClient job, final String group) {
    final Map<String, Number> values = new TreeMap<>();
    metrics
        .findMetrics(job.getJobID(), Pattern.quote(group))
        .forEach(
            (name, metric) -> {
              final String shown = name.substring(name.indexOf(group) + group.length());
              if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number value) {
                values.put(shown, value);
              } else if (metric instanceof Counter counter) {
                values.put(shown, counter.getCount());
              }
            });
    return values;
  }

  /** Takes the broker away for a while. */
  void stopBroker() {
    broker.stop();
  }

  /** Brings the broker back. */
  void restartBroker() {
    broker.restart();
  }

  /** The broker, for what a test asks of it itself. */
  KafkaCluster kafka() {
    return kafka;
  }

  /** Sends to one partition. */
  @SuppressWarnings("FutureReturnValueIgnored") // A lost record fails the test that counts them.
  void send(final String topic, final int partition, final String key, final String value) {
    producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value)));
  }

  private static byte[] bytes(final String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  void send(final String topic, final String value) {
    send(topic, value.getBytes(StandardCharsets.UTF_8));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A lost record fails the test that counts them.
  void send(final String topic, final byte[] value) {
    producer.send(new ProducerRecord<>(topic, value));
  }

  void flush() {
    producer.flush();
  }

  /** Values committed to a topic so far, in order. */
  List<String> read(final String topic) {
    final List<String> values = new ArrayList<>();
    for (final ConsumerRecord<byte[], byte[]> record : records(topic)) {
      values.add(new String(record.value(), StandardCharsets.UTF_8));
    }
    return values;
  }

  /** Records committed to a topic so far, in order. */
  List<ConsumerRecord<byte[], byte[]>> records(final String topic) {
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      reader.readToEnd(records::add);
    }
    return records;
  }

  /** Waits until so many records are committed. */
  void await(final String topic, final int count) {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    final int[] seen = new int[1];
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      while (seen[0] < count) {
        seen[0] += reader.poll(Duration.ofMillis(200), record -> {});
        if (System.currentTimeMillis() > deadline) {
          throw new AssertionError(
              "topic " + topic + " has " + seen[0] + " records instead of " + count);
        }
      }
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    flink.closeAsync().join();
    broker.close();
  }
}
