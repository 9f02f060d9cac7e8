package dev.braid.connectors.kafka;

import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.internal.KafkaCommitter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's exactly-once sink over Kafka, which counts what it gives to each transaction. After a
 * recovery, what a transaction that Kafka gave up held is thereby known, and told; the connector
 * itself says the same of it as of one that was committed long ago. {@link CountedCommitter} tells
 * the two apart.
 *
 * @param <T> what is written
 */
@SuppressWarnings("try") // Flink's interface lets close be interrupted.
final class CountedSink<T>
    implements Sink<T>,
        SupportsWriterState<T, KafkaWriterState>,
        SupportsCommitter<CountedTransaction>,
        SupportsPostCommitTopology<CountedTransaction> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CountedSink.class);

  /** Characters of a subject that are kept. */
  private static final int MOST_SHOWN = 256;

  private final TwoPhaseCommittingStatefulSink<T, KafkaWriterState, KafkaCommittable> sink;
  private final KafkaCluster cluster;
  private final SinkOptions options;
  private final Subject<T> subject;

  /** What a record is about, in a few characters. */
  interface Subject<T> extends Function<T, String>, Serializable {}

  CountedSink(
      final KafkaSink<T> sink,
      final KafkaCluster cluster,
      final SinkOptions options,
      final Subject<T> subject) {
    this.sink = sink;
    this.cluster = cluster;
    this.options = options;
    this.subject = subject;
  }

  /** A writer that is both, as Flink expects it of a sink that commits and has state. */
  private interface Writer<T>
      extends StatefulSinkWriter<T, KafkaWriterState>,
          CommittingSinkWriter<T, CountedTransaction> {}

  @Override
  public StatefulSinkWriter<T, KafkaWriterState> createWriter(final WriterInitContext context)
      throws IOException {
    QuietClients.hush();
    return new CountingWriter<>(sink.createWriter(context), subject);
  }

  @Override
  public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
      final WriterInitContext context, final Collection<KafkaWriterState> state)
      throws IOException {
    QuietClients.hush();
    return new CountingWriter<>(sink.restoreWriter(context, state), subject);
  }

  @Override
  public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
    return sink.getWriterStateSerializer();
  }

  @Override
  public Committer<CountedTransaction> createCommitter(final CommitterInitContext context)
      throws IOException {
    QuietClients.hush();
    final MetricGroup metrics = context.metricGroup().addGroup("braid");
    return new CountedCommitter(
        (KafkaCommitter) sink.createCommitter(context),
        new TransactionFates(cluster),
        options,
        metrics.counter("lost_records"),
        metrics.counter("unsure_records"));
  }

  @Override
  public SimpleVersionedSerializer<CountedTransaction> getCommittableSerializer() {
    return new CountedTransaction.Serializer(sink.getCommittableSerializer());
  }

  /** The connector keeps writer and committer in one slot, and looks at no record for that. */
  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public void addPostCommitTopology(
      final DataStream<CommittableMessage<CountedTransaction>> committed) {
    ((SupportsPostCommitTopology) sink).addPostCommitTopology(committed);
  }

  private static final class CountingWriter<T> implements Writer<T> {
    private final PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer;
    private final Subject<T> subject;
    private long records;
    private T first;
    private T last;

    CountingWriter(
        final PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer,
        final Subject<T> subject) {
      this.writer = writer;
      this.subject = subject;
    }

    @Override
    public void write(final T element, final Context context)
        throws IOException, InterruptedException {
      writer.write(element, context);
      first = records == 0 ? element : first;
      last = element;
      records++;
    }

    @Override
    public void flush(final boolean endOfInput) throws IOException, InterruptedException {
      writer.flush(endOfInput);
    }

    /** The connector gives one transaction, or none where nothing was written. */
    @Override
    public Collection<CountedTransaction> prepareCommit() throws IOException, InterruptedException {
      final Collection<CountedTransaction> counted =
          writer.prepareCommit().stream().map(this::counted).toList();
      records = 0;
      first = null;
      last = null;
      return counted;
    }

    private CountedTransaction counted(final KafkaCommittable transaction) {
      return new CountedTransaction(transaction, records, shown(first), shown(last));
    }

    private String shown(final T element) {
      final String text = element == null ? "" : subject.apply(element);
      return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN);
    }

    @Override
    public List<KafkaWriterState> snapshotState(final long checkpointId) throws IOException {
      return writer.snapshotState(checkpointId);
    }

    /**
     * Closes the producers. What the broker still refuses while that happens belongs to no
     * checkpoint (a checkpoint waits for all records before it), and the failure that ends the task
     * has been thrown already; thrown again from here it would make Flink give up the whole task
     * manager and every other job on it.
     */
    @Override
    public void close() throws Exception {
      try {
        writer.close();
      } catch (final IOException e) {
        LOG.warn("Kafka refused records that were under way when the writer was closed", e);
      }
    }
  }
}
