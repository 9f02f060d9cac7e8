package dev.braid.jobs.cluster;

import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.stream.ProducerOptions;
import dev.braid.connectors.stream.StreamProducer;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Rows a second from topic to topic, beside the library by itself and a job without a learner. */
final class Throughput {
  private final ClusterFigures options;

  Throughput(final ClusterFigures options) {
    this.options = options;
  }

  /**
   * Rows a second.
   *
   * @param whole of the last nine tenths of the rows
   * @param half of the last half, in which the JVM has compiled what it will
   */
  record Rate(double whole, double half) {
    private static Rate mean(final Rate a, final Rate b) {
      return new Rate((a.whole + b.whole) / 2, (a.half + b.half) / 2);
    }
  }

  /**
   * @return rows a second of the job
   */
  double measure() throws Exception {
    final Rate before = library();
    final Rate passed;
    final Rate learned;
    try (ClusterRig rig = ClusterRig.start("throughput", List.of(), options.settings())) {
      final List<String> job = arguments(rig);
      send(options, rig.kafka(), "throughput-events", 0);
      rig.arguments("passed", "throughput-events");
      passed =
          rate(
              rig,
              "passed-predictions",
              () ->
                  rig.submit(
                      PassThroughJob.class,
                      List.of(
                          rig.kafka().bootstrapServers(),
                          "throughput-events",
                          "passed-predictions",
                          Integer.toString(options.checkpointSeconds))));
      learned = rate(rig, "throughput-predictions", () -> rig.submit(job));
    }
    final Rate after = library();
    final Rate library = Rate.mean(before, after);
    options.tell(
        String.format(
            Locale.ROOT,
            "throughput: rows=%d checkpoints=%ds library_before=%.0f library_after=%.0f"
                + " pass_through=%.0f job=%.0f job_to_library=%.3f",
            options.rows,
            options.checkpointSeconds,
            before.whole,
            after.whole,
            passed.whole,
            learned.whole,
            learned.whole / library.whole));
    options.tell(
        String.format(
            Locale.ROOT,
            "throughput of the last half: library_before=%.0f library_after=%.0f pass_through=%.0f"
                + " job=%.0f job_to_library=%.3f",
            before.half,
            after.half,
            passed.half,
            learned.half,
            learned.half / library.half));
    return learned.whole;
  }

  private List<String> arguments(final ClusterRig rig) {
    return rig.arguments(
        "throughput",
        "throughput-events",
        Map.of(
            "job.parallelism",
            "1",
            "kafka.bounded",
            "true",
            "model.preset",
            options.preset,
            "checkpoints.interval",
            options.checkpointSeconds + " s"));
  }

  /** The loop in a JVM of its own, as the task manager has one. */
  private Rate library() throws Exception {
    final Path log = ClusterRig.folder("library-" + System.nanoTime() + ".log");
    Files.createDirectories(log.getParent());
    final JavaProcess loop =
        JavaProcess.start(
            log,
            Map.of(),
            List.of(
                "-Xmx2g",
                "-cp",
                System.getProperty("java.class.path"),
                LibraryLoop.class.getName(),
                options.stream,
                Long.toString(options.rows),
                options.preset));
    if (loop.await(4 * 3_600) != 0) {
      throw new IllegalStateException("the library's loop failed: " + loop.output());
    }
    final String[] rates = loop.output().trim().split(" ");
    return new Rate(Double.parseDouble(rates[0]), Double.parseDouble(rates[1]));
  }

  /**
   * Sends the stream.
   *
   * @param rate events a second, 0 for as fast as it goes
   */
  static void send(
      final ClusterFigures options,
      final KafkaCluster kafka,
      final String topic,
      final double rate) {
    // A file may end before; what waits for the predictions must not wait for more.
    options.rows = send(options, kafka, topic, rate, options.rows);
  }

  static long send(
      final ClusterFigures options,
      final KafkaCluster kafka,
      final String topic,
      final double rate,
      final long rows) {
    final StreamSpec stream = ClusterFigures.stream(options.stream);
    try (InstanceSource source = stream.open(1, rows);
        StreamProducer producer =
            new StreamProducer(
                kafka,
                RecordFormats.writer(JsonFormat.NAME, Content.EVENT, FieldNames.DEFAULT, Map.of()),
                ProducerOptions.to(topic).withRate(rate))) {
      return producer.send(stream.name(), source, sent -> {});
    }
  }

  /** Rows a second from the first tenth of the predictions to their end, as the broker has them. */
  Rate rate(final ClusterRig rig, final String topic, final Callable<String> submission)
      throws Exception {
    return rate(rig, topic, submission, () -> {}, () -> {});
  }

  /**
   * The same.
   *
   * @param atHalf done when half of the predictions are there
   * @param atEnd done when all are
   */
  Rate rate(
      final ClusterRig rig,
      final String topic,
      final Callable<String> submission,
      final Runnable atHalf,
      final Runnable atEnd)
      throws Exception {
    final TopicPartition partition = new TopicPartition(topic, 0);
    // Polling begins before the client that submits the job has ended.
    final ExecutorService submitter = Executors.newSingleThreadExecutor();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            rig.kafka().client(Map.of("isolation.level", "read_uncommitted")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      final Future<String> job = submitter.submit(submission);
      long begin = 0;
      long first = 0;
      long middle = 0;
      long half = 0;
      while (true) {
        final long end = consumer.endOffsets(List.of(partition)).get(partition);
        final long now = System.nanoTime();
        if (begin == 0 && end >= options.rows / 10) {
          begin = now;
          first = end;
        }
        if (middle == 0 && end >= options.rows / 2) {
          middle = now;
          half = end;
          atHalf.run();
        }
        if (end >= options.rows) {
          atEnd.run();
          rig.flink().rest().awaitState(job.get(), "FINISHED");
          return new Rate(
              (end - first) / ((now - begin) / 1e9), (end - half) / ((now - middle) / 1e9));
        }
        if (job.isDone()) {
          job.get(); // Throws if it could not be submitted.
        }
        Thread.sleep(20);
      }
    } finally {
      submitter.shutdownNow();
    }
  }
}
