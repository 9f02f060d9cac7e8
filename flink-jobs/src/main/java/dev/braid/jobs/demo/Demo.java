package dev.braid.jobs.demo;

import dev.braid.connectors.broker.AtExit;
import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.cli.LocalCluster;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.live.LivePage;
import dev.braid.jobs.topology.BraidTopology;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/** Runs one stream through a real broker and a real job, and keeps score. */
final class Demo {
  private static final Duration BROKER_ANSWERS = Duration.ofSeconds(30);
  private static final Duration STALLED = Duration.ofMinutes(3);

  private final DemoStream stream;
  private final Function<String, JobConfig> configuration;
  private final Path folder;
  private final String webPorts;
  private final String livePorts;
  private final PrintWriter err;
  private final GroundTruth answers = new GroundTruth();
  private final Diary diary = new Diary();
  private final Scoreboard scoreboard;
  private LivePage page;

  /**
   * @param configuration of the job, given the broker's address
   * @param folder for temporary files, deleted at the end
   * @param livePorts of the live page, or null for none
   * @param err for people: what is going on
   */
  Demo(
      final DemoStream stream,
      final Function<String, JobConfig> configuration,
      final Path folder,
      final String webPorts,
      final String livePorts,
      final PrintWriter err) {
    this.stream = stream;
    this.configuration = configuration;
    this.folder = folder;
    this.webPorts = webPorts;
    this.livePorts = livePorts;
    this.err = err;
    final int window = window(stream.expected());
    this.scoreboard =
        new Scoreboard(stream.name(), answers, Score.of(stream.target(), answers, window), window);
  }

  /** Does it all, and returns when every event is answered, or can no longer be. */
  Summary run() throws Exception {
    tell("starting a Kafka broker and a Flink cluster");
    final Path work = folder.resolve("work");
    FileUtils.deleteDirectory(work.toFile());
    try {
      return run(work);
    } finally {
      FileUtils.deleteDirectory(work.toFile());
    }
  }

  @SuppressWarnings("try") // What is done at the exit is only registered.
  private Summary run(final Path work) throws Exception {
    try (LocalBroker broker = LocalBroker.start();
        LocalCluster cluster = LocalCluster.start(work, 1, webPorts, LocalCluster.MANAGED);
        AtExit atExit = AtExit.run("demo-exit", () -> leaveNothing(cluster, work))) {
      final JobConfig config = configuration.apply(broker.bootstrapServers());
      createTopics(config);
      tell("Kafka at " + broker.bootstrapServers() + ", Flink's web page at " + cluster.webPage());
      openPage(config);
      final StreamExecutionEnvironment environment = cluster.environment();
      BraidTopology.build(environment, config);
      final JobClient job = environment.executeAsync(config.job().name());
      final Summary summary = follow(config, job);
      if (page != null) {
        page.stopReading();
      }
      return summary;
    }
  }

  private void openPage(final JobConfig config) throws IOException {
    if (livePorts != null) {
      page = LivePage.start(config, livePorts);
      tell("live page at " + page.address());
    }
  }

  /** The live page, which outlives the run; null where none was asked for. */
  LivePage page() {
    return page;
  }

  /** The checkpoints are of no use to anybody once the broker is gone. */
  private static void leaveNothing(final LocalCluster cluster, final Path work) {
    cluster.close();
    FileUtils.deleteDirectoryQuietly(work.toFile());
  }

  Scoreboard scoreboard() {
    return scoreboard;
  }

  Diary diary() {
    return diary;
  }

  private Summary follow(final JobConfig config, final JobClient job) throws Exception {
    final long start = System.nanoTime();
    final Progress progress =
        new Progress(err, Boolean.getBoolean("braid.terminal"), stream.expected());
    try (CommittedRecords outputs = new CommittedRecords(config.kafka(), scoreboard, diary);
        Feeder feeder = Feeder.start(stream, config.kafka(), answers)) {
      long answered = 0;
      long moved = start;
      while (!(feeder.done() && answered >= answers.size())) {
        outputs.poll();
        feeder.rethrow();
        final long now = System.nanoTime();
        if (scoreboard.predicted() + outputs.deadLetters() > answered) {
          answered = scoreboard.predicted() + outputs.deadLetters();
          moved = now;
        } else if (now - moved > STALLED.toNanos()) {
          break;
        }
        requireRunning(job);
        progress.show(now, answered, rate(answered, moved - start), scoreboard.score());
      }
      final double rate = rate(answered, moved - start);
      job.cancel().get();
      outputs.readToEnd();
      return new Summary(
          answers.size(),
          scoreboard.predicted(),
          outputs.deadLetters(),
          scoreboard.doubled() + scoreboard.foreign(),
          scoreboard.score().summary(),
          rate);
    } finally {
      progress.close();
    }
  }

  private void createTopics(final JobConfig config) {
    final JobConfig.Kafka kafka = config.kafka();
    try (Topics topics =
        Topics.connect(KafkaCluster.at(kafka.bootstrapServers()), BROKER_ANSWERS)) {
      topics.create(
          List.of(
              TopicSpec.of(kafka.eventsTopic(), 1),
              TopicSpec.of(kafka.predictionsTopic(), 1),
              TopicSpec.of(kafka.metricsTopic(), 1),
              TopicSpec.of(kafka.driftTopic(), 1),
              TopicSpec.deadLetters(kafka.deadLettersTopic())));
    }
  }

  private static void requireRunning(final JobClient job) throws Exception {
    if (job.getJobStatus().get().isGloballyTerminalState()) {
      job.getJobExecutionResult().get();
      throw new IllegalStateException("The job ended before the stream did");
    }
  }

  private static double rate(final long records, final long nanos) {
    return nanos <= 0 ? 0 : records * 1e9 / nanos;
  }

  /** Wide enough to be calm, narrow enough to show a drift. */
  private static int window(final long events) {
    return (int) Math.max(200, Math.min(5_000, events / 50));
  }

  private void tell(final String what) {
    err.println(String.format(Locale.ROOT, "braid: %s", what));
    err.flush();
  }
}
