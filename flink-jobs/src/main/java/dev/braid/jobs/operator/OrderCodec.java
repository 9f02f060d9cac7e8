package dev.braid.jobs.operator;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.type.RecordTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class OrderCodec extends BlockCodec<OrderBlock> {
  private final TypeSerializer<Decoded> records =
      RecordTypes.DECODED.createSerializer(new SerializerConfigImpl());

  @Override
  void write(final OrderBlock block, final DataOutputView out) throws IOException {
    writeText(block.model(), out);
    out.writeLong(block.modelBytes());
    out.writeInt(block.orders().size());
    for (final Order order : block.orders()) {
      out.writeByte(order.kind().letter);
      out.writeInt(order.tasks());
      out.writeBoolean(order.record() != null);
      if (order.record() != null) {
        records.serialize(order.record(), out);
      }
      writeText(order.text(), out);
      out.writeBoolean(order.waits());
      out.writeLong(order.pendingLabels());
      out.writeLong(order.expiredLabels());
    }
  }

  @Override
  OrderBlock read(final DataInputView in) throws IOException {
    final String model = readText(in);
    final long modelBytes = in.readLong();
    final List<Order> orders = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      final Order.Kind kind = Order.Kind.of(in.readByte());
      final int tasks = in.readInt();
      final Decoded record = in.readBoolean() ? records.deserialize(in) : null;
      orders.add(
          new Order(
              kind, tasks, record, readText(in), in.readBoolean(), in.readLong(), in.readLong()));
    }
    return new OrderBlock(model, modelBytes, orders);
  }
}
