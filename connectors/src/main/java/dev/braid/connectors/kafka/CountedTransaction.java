package dev.braid.connectors.kafka;

import java.io.IOException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * A transaction with what was given to it, so that a loss can be told in numbers.
 *
 * @param transaction to be committed
 * @param records that it holds
 * @param first what the first of them is about: an event's id, a model's key
 * @param last the same of the last
 */
record CountedTransaction(KafkaCommittable transaction, long records, String first, String last) {

  /** Layout: the connector's own version and bytes, then the other components in their order. */
  static final class Serializer implements SimpleVersionedSerializer<CountedTransaction> {
    private static final int VERSION = 1;

    private final SimpleVersionedSerializer<KafkaCommittable> transactions;

    Serializer(final SimpleVersionedSerializer<KafkaCommittable> transactions) {
      this.transactions = transactions;
    }

    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(final CountedTransaction counted) throws IOException {
      final byte[] transaction = transactions.serialize(counted.transaction());
      final DataOutputSerializer out = new DataOutputSerializer(transaction.length + 64);
      out.writeInt(transactions.getVersion());
      out.writeInt(transaction.length);
      out.write(transaction);
      out.writeLong(counted.records());
      out.writeUTF(counted.first());
      out.writeUTF(counted.last());
      return out.getCopyOfBuffer();
    }

    @Override
    public CountedTransaction deserialize(final int version, final byte[] bytes)
        throws IOException {
      if (version != VERSION) {
        throw new IOException("a transaction in format " + version + ", this reads " + VERSION);
      }
      final DataInputDeserializer in = new DataInputDeserializer(bytes);
      final int transactionVersion = in.readInt();
      final int length = in.readInt();
      if (length < 0 || length > in.available()) {
        throw new IOException("a transaction of " + length + " bytes in " + in.available());
      }
      final byte[] transaction = new byte[length];
      in.readFully(transaction);
      return new CountedTransaction(
          transactions.deserialize(transactionVersion, transaction),
          in.readLong(),
          in.readUTF(),
          in.readUTF());
    }
  }
}
