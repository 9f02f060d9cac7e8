package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.broker.BrokerProcess;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Broker and cluster as processes, and the job jar on them, for the tests of one class. */
final class ClusterRig implements AutoCloseable {
  /** Quick to start, at some cost in speed later. */
  static final List<String> SMALL =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  /** Partitions of the events, where a model's events all lie in one. */
  private static final int PARTITIONS = 3;

  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private final BrokerProcess broker;
  private final KafkaCluster kafka;
  private final FlinkCluster flink;
  private final Path jar;

  private ClusterRig(final BrokerProcess broker, final FlinkCluster flink) {
    this.broker = broker;
    this.flink = flink;
    this.kafka = KafkaCluster.at(broker.bootstrapServers());
    this.jar = Path.of(System.getProperty("braid.job.jar"));
  }

  /**
   * Starts a broker, a job manager and two task managers.
   *
   * @param name of the folder under {@code target/cluster} that all logs go to
   * @param settings of Flink beside the defaults of {@link FlinkCluster}
   */
  static ClusterRig start(
      final String name, final List<String> jvm, final Map<String, String> settings)
      throws Exception {
    final Path folder = folder(name);
    delete(folder);
    final BrokerProcess broker = BrokerProcess.start();
    try {
      return new ClusterRig(broker, FlinkCluster.start(folder, jvm, settings, 2));
    } catch (final Exception | Error failed) {
      broker.close();
      throw failed;
    }
  }

  /** A folder of that name beside those of the other rigs; not made. */
  static Path folder(final String name) {
    return Path.of(System.getProperty("braid.cluster.folder", "target/cluster"), name);
  }

  static void delete(final Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  BrokerProcess broker() {
    return broker;
  }

  KafkaCluster kafka() {
    return kafka;
  }

  FlinkCluster flink() {
    return flink;
  }

  Ledger ledger() {
    return new Ledger(kafka);
  }

  /**
   * Creates the topics of a job, with several partitions of events, and gives the arguments that
   * start it: a small learner, unless a preset is among what is given, and one checkpoint a second.
   *
   * @param job name of the job, of its consumer group and of its output topics
   * @param events topic of the events
   */
  List<String> arguments(final String job, final String events, final String... keysAndValues) {
    final Map<String, String> values = new TreeMap<>();
    values.put("job.parallelism", "2");
    values.put("checkpoints.interval", "1 s");
    if (!List.of(keysAndValues).contains("model.preset")) {
      values.put("model.preset", "driftmoe-data");
      values.put("model.options.experts", "hoeffding-tree(grace-period=50)*4");
      values.put("model.options.top-k", "2");
      values.put("model.options.hidden", "16");
    }
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return arguments(job, events, PARTITIONS, values);
  }

  /**
   * The same with one partition and nothing but what is given: for the rest Braid's defaults hold.
   */
  List<String> arguments(final String job, final String events, final Map<String, String> more) {
    return arguments(job, events, 1, more);
  }

  private List<String> arguments(
      final String job, final String events, final int partitions, final Map<String, String> more) {
    final Map<String, String> values = new TreeMap<>(more);
    values.put("job.name", job);
    values.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    values.put("kafka.group", job);
    values.put("kafka.events-topic", events);
    values.put("kafka.predictions-topic", job + "-predictions");
    values.put("kafka.metrics-topic", job + "-metrics");
    values.put("kafka.drift-topic", job + "-drift");
    values.put("kafka.dead-letters-topic", job + "-dead-letters");
    final String labels = values.get("kafka.labels-topic");
    try (Topics topics = Topics.connect(kafka, Duration.ofSeconds(30))) {
      topics.create(
          Stream.of(
                  events,
                  labels,
                  job + "-predictions",
                  job + "-metrics",
                  job + "-drift",
                  job + "-dead-letters")
              .filter(Objects::nonNull)
              .map(topic -> TopicSpec.of(topic, topic.equals(events) ? partitions : 1))
              .toList());
    }
    final List<String> arguments = new ArrayList<>();
    values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    return arguments;
  }

  /** Submits the job jar with {@code flink run -d}, and waits until it runs. */
  String submit(final List<String> arguments) throws Exception {
    return run(List.of(), arguments);
  }

  /** Submits another main class, which lies with the tests, with the job jar's libraries. */
  String submit(final Class<?> main, final List<String> arguments) throws Exception {
    final String classes = main.getProtectionDomain().getCodeSource().getLocation().toString();
    return run(List.of("-C", classes, "-c", main.getName()), arguments);
  }

  /** Submits the job jar so that it goes on from a checkpoint, and waits until it runs. */
  String resume(final Path checkpoint, final List<String> arguments) throws Exception {
    return run(List.of("-s", checkpoint.toUri().toString()), arguments);
  }

  /**
   * Stops a job with a savepoint and lets it go on from there, all by HTTP, and waits until it
   * runs.
   *
   * @return the job that goes on
   */
  String move(final String job, final List<String> arguments) throws Exception {
    final String savepoint = flink.rest().stop(job, folder("savepoints").toAbsolutePath());
    final String next = flink.rest().run(jar, arguments, savepoint);
    flink.rest().awaitRunning(next);
    return next;
  }

  private String run(final List<String> options, final List<String> arguments) throws Exception {
    final List<String> line = new ArrayList<>(List.of("run", "-d"));
    line.addAll(options);
    line.add(jar.toString());
    line.addAll(arguments);
    final JavaProcess cli = flink.cli(line.toArray(String[]::new));
    final Matcher id = JOB_ID.matcher(cli.output());
    assertTrue(id.find(), cli.output());
    flink.rest().awaitRunning(id.group(1));
    return id.group(1);
  }

  /** The job's last complete checkpoint. */
  Path lastCheckpoint(final String job) throws IOException {
    try (Stream<Path> folders = Files.list(flink.checkpoints().resolve(job))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("_metadata")))
          .max(Comparator.comparingInt(ClusterRig::number))
          .orElseThrow();
    }
  }

  private static int number(final Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().replace("chk-", ""));
  }

  /** What {@code ./braid inspect --json} says of a checkpoint, in a process of its own. */
  JsonNode inspect(final Path checkpoint) throws Exception {
    final Path log = checkpoint.resolveSibling(checkpoint.getFileName() + "-inspect.log");
    final JavaProcess process =
        JavaProcess.start(
            log,
            Map.of(),
            List.of(
                FlinkCluster.ADD_OPENS,
                "-cp",
                System.getProperty("java.class.path"),
                BraidCommandLine.class.getName(),
                "inspect",
                "--savepoint",
                checkpoint.toString(),
                "--json",
                "--out",
                checkpoint.getParent().toString()));
    assertEquals(0, process.await(120), process.output());
    final String said = process.output();
    return new ObjectMapper().readTree(said.substring(said.indexOf('{')));
  }

  /**
   * Runs another job over the same events, submitted by HTTP, which nothing disturbs, and compares.
   */
  void assertAsIfUndisturbed(final String job, final String events, final String... keysAndValues)
      throws Exception {
    ledger().assertNothingLostOrDoubled(events, job);
    final String reference = job + "-undisturbed";
    final List<String> arguments = new ArrayList<>(arguments(reference, events, keysAndValues));
    arguments.addAll(List.of("--set", "kafka.bounded=true"));
    flink.rest().awaitState(flink.rest().run(jar, arguments), "FINISHED");
    ledger().assertSamePredictions(reference, job);
  }

  @Override
  public void close() {
    flink.close();
    broker.close();
  }
}
