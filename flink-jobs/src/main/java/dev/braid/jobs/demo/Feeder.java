package dev.braid.jobs.demo;

import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.stream.ProducerOptions;
import dev.braid.connectors.stream.StreamProducer;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.jobs.config.JobConfig;
import java.util.Map;

/** Sends the stream to Kafka on a thread of its own, and notes the true labels first. */
final class Feeder implements AutoCloseable {
  private final Thread thread;
  private volatile boolean done;
  private volatile Throwable failure;

  private Feeder(final DemoStream stream, final JobConfig.Kafka kafka, final GroundTruth answers) {
    thread = new Thread(() -> feed(stream, kafka, answers), "demo-feeder");
    thread.setDaemon(true);
  }

  static Feeder start(
      final DemoStream stream, final JobConfig.Kafka kafka, final GroundTruth answers) {
    final Feeder feeder = new Feeder(stream, kafka, answers);
    feeder.thread.start();
    return feeder;
  }

  /** Whether the whole stream is in Kafka. */
  boolean done() {
    return done;
  }

  /** Throws what made the sending fail, if something did, an error as well as an exception. */
  void rethrow() {
    final Throwable failed = failure;
    if (failed instanceof Error error) {
      throw error;
    }
    if (failed instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Stops where it is. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void feed(
      final DemoStream stream, final JobConfig.Kafka kafka, final GroundTruth answers) {
    try (InstanceSource source = noting(stream.open(), answers);
        StreamProducer producer =
            new StreamProducer(
                new KafkaCluster(kafka.bootstrapServers(), kafka.properties()),
                RecordFormats.writer(JsonFormat.NAME, Content.EVENT, FieldNames.DEFAULT, Map.of()),
                ProducerOptions.to(kafka.eventsTopic()))) {
      producer.send(stream.name(), source, sent -> {});
      done = true;
    } catch (final RuntimeException | Error e) {
      // Also an error: a demo whose stream has ended so would wait for it.
      failure = e;
    }
  }

  private static InstanceSource noting(final InstanceSource source, final GroundTruth answers) {
    return new InstanceSource() {
      @Override
      public Schema schema() {
        return source.schema();
      }

      @Override
      public Instance next() {
        final Instance instance = source.next();
        if (instance != null) {
          answers.add(instance.target(), source.schema().classes());
        }
        return instance;
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }
}
