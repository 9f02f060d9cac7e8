package dev.braid.jobs.operator;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.type.Binary;
import dev.braid.connectors.type.RecordTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class OrderCodec extends BatchCodec<OrderBatch> {
  private final TypeSerializer<Decoded> records =
      RecordTypes.DECODED.createSerializer(new SerializerConfigImpl());

  @Override
  public void write(final OrderBatch batch, final DataOutputView out) throws IOException {
    Binary.writeText(out, batch.model());
    out.writeLong(batch.modelBytes());
    out.writeInt(batch.orders().size());
    for (final Order order : batch.orders()) {
      out.writeByte(order.kind().letter);
      out.writeInt(order.tasks());
      writeRecord(order.record(), out);
      Binary.writeText(out, order.text());
      out.writeBoolean(order.waits());
      writeRecord(order.early(), out);
      out.writeLong(order.events());
      out.writeLong(order.pendingLabels());
      out.writeLong(order.expiredLabels());
    }
  }

  /** A record, or null. */
  private void writeRecord(final Decoded record, final DataOutputView out) throws IOException {
    out.writeBoolean(record != null);
    if (record != null) {
      records.serialize(record, out);
    }
  }

  private Decoded readRecord(final DataInputView in) throws IOException {
    return in.readBoolean() ? records.deserialize(in) : null;
  }

  @Override
  public OrderBatch read(final DataInputView in) throws IOException {
    final String model = Binary.readText(in);
    final long modelBytes = in.readLong();
    final List<Order> orders = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      final Order.Kind kind = Order.Kind.of(in.readByte());
      final int tasks = in.readInt();
      orders.add(
          new Order(
              kind,
              tasks,
              readRecord(in),
              Binary.readText(in),
              in.readBoolean(),
              (LabelRecord) readRecord(in),
              in.readLong(),
              in.readLong(),
              in.readLong()));
    }
    return new OrderBatch(model, modelBytes, orders);
  }
}
