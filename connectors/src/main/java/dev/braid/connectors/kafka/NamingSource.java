package dev.braid.connectors.kafka;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.type.RecordTypes;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.ExceptionUtils;

/** Flink's source over Kafka, which names the record where one does not fit the heap. */
final class NamingSource
    implements Source<Decoded, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<Decoded> {
  private static final long serialVersionUID = 1L;

  private final KafkaSource<Decoded> source;
  private final Properties client;

  /**
   * @param client properties of the consumer
   */
  NamingSource(final KafkaSource<Decoded> source, final Properties client) {
    this.source = source;
    this.client = client;
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SourceReader<Decoded, KafkaPartitionSplit> createReader(final SourceReaderContext context)
      throws Exception {
    return new Reader(source.createReader(context), client);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      final SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      final SplitEnumeratorContext<KafkaPartitionSplit> context, final KafkaSourceEnumState state)
      throws IOException {
    return source.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<Decoded> getProducedType() {
    return RecordTypes.DECODED;
  }

  @SuppressWarnings("try") // Flink's interface lets close be interrupted.
  private record Reader(SourceReader<Decoded, KafkaPartitionSplit> reader, Properties client)
      implements SourceReader<Decoded, KafkaPartitionSplit> {

    @Override
    public InputStatus pollNext(final ReaderOutput<Decoded> output) throws Exception {
      try {
        return reader.pollNext(output);
      } catch (final RuntimeException failed) {
        if (ExceptionUtils.findThrowable(failed, OutOfMemoryError.class).isEmpty()) {
          throw failed;
        }
        throw new IllegalStateException(
            "A record does not fit the heap once it is decompressed: "
                + TooLargeRecord.place(client, reader.snapshotState(-1))
                + ". Give the task managers more heap until the job is past it, or delete it;"
                + " docs/operations.md says how.",
            failed);
      }
    }

    @Override
    public void start() {
      reader.start();
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(final long checkpointId) {
      return reader.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return reader.isAvailable();
    }

    @Override
    public void addSplits(final List<KafkaPartitionSplit> splits) {
      reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(final SourceEvent event) {
      reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(final long checkpointId) throws Exception {
      reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(final long checkpointId) throws Exception {
      reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(
        final Collection<String> pause, final Collection<String> resume) {
      reader.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void close() throws Exception {
      reader.close();
    }
  }
}
