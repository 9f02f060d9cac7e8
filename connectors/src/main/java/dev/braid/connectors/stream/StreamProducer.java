package dev.braid.connectors.stream;

import dev.braid.connectors.format.RecordWriter;
import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Target;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends streams to Kafka as events of one model called {@code <stream>-<n>}, each once (an
 * idempotent producer) and in order. Not thread-safe.
 */
public final class StreamProducer implements AutoCloseable {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "acks", "all",
          "enable.idempotence", "true",
          "linger.ms", "10",
          "batch.size", "131072",
          "compression.type", "lz4");

  /** Key of the records, which have none. */
  private static final String ONE_MODEL = "";

  private final KafkaCluster cluster;
  private final RecordWriter writer;
  private final ProducerOptions options;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Deque<Late> late = new ArrayDeque<>();
  private volatile BrokerException failure;

  private record Late(long event, String id, String label) {}

  /** A producer; connects when it first sends. */
  public StreamProducer(
      final KafkaCluster cluster, final RecordWriter writer, final ProducerOptions options) {
    this.cluster = cluster;
    this.writer = writer;
    this.options = options;
    this.producer =
        new KafkaProducer<>(
            cluster.client(DEFAULTS), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Sends a stream to its end and waits until the brokers have it all.
   *
   * @param name of the stream, for the ids
   * @param progress told the number of events sent, after each
   * @return events sent
   * @throws BrokerException if Kafka does not take a record
   */
  public long send(final String name, final InstanceSource source, final LongConsumer progress) {
    final SplittableRandom random = new SplittableRandom(options.seed());
    final long start = System.nanoTime();
    long n = 0;
    for (Instance instance = source.next(); instance != null; instance = source.next()) {
      waitForTurn(start, n);
      final String id = name + "-" + n;
      final Target target = source.schema().target();
      final boolean withheld =
          target.isKnown(instance.target()) && random.nextDouble() < options.lateShare();
      send(
          options.topic(),
          writer.event(
              id, ONE_MODEL, System.currentTimeMillis(), source.schema(), instance, !withheld));
      if (withheld) {
        late.add(new Late(n, id, target.text(instance.target())));
      }
      sendLabelsDue(n);
      n++;
      progress.accept(n);
    }
    sendLabelsDue(Long.MAX_VALUE);
    producer.flush();
    check();
    return n;
  }

  @Override
  public void close() {
    producer.close();
  }

  private void waitForTurn(final long start, final long n) {
    if (options.rate() == 0) {
      return;
    }
    final long turn = start + (long) (n / options.rate() * TimeUnit.SECONDS.toNanos(1));
    long left = turn - System.nanoTime();
    // An interrupted thread must not wait; the producer will refuse its next record.
    while (left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
      left = turn - System.nanoTime();
    }
  }

  private void sendLabelsDue(final long now) {
    while (!late.isEmpty() && late.peek().event() + options.lateBy() <= now) {
      final Late due = late.remove();
      send(
          options.labelsTopic(),
          writer.label(due.id(), ONE_MODEL, System.currentTimeMillis(), due.label()));
    }
  }

  private void send(final String topic, final byte[] value) {
    check();
    try {
      final Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(topic, value),
              (metadata, error) -> {
                if (error != null) {
                  failure = refused(topic, error);
                }
              });
    } catch (final KafkaException e) {
      throw refused(topic, e);
    }
  }

  private void check() {
    final BrokerException error = failure;
    if (error != null) {
      throw error;
    }
  }

  private BrokerException refused(final String topic, final Exception error) {
    return new BrokerException(
        "Kafka at "
            + cluster.bootstrapServers()
            + " did not take a record for topic "
            + topic
            + ": "
            + error.getMessage(),
        error);
  }
}
