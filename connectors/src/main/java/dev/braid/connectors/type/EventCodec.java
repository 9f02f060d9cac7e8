package dev.braid.connectors.type;

import dev.braid.connectors.Event;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class EventCodec implements RecordCodec<Event> {
  private static final int MISSING = 0;
  private static final int NUMBER = 1;
  private static final int TEXT = 2;

  private final Names names = new Names();

  @Override
  public void write(final Event event, final DataOutputView out) throws IOException {
    Binary.writeText(out, event.id());
    Binary.writeText(out, event.key());
    out.writeLong(event.timestamp());
    names.write(out, event.names());
    for (int i = 0; i < event.names().length; i++) {
      final String text = event.texts()[i];
      final double number = event.numbers()[i];
      if (text != null) {
        out.writeByte(TEXT);
        Binary.writeText(out, text);
      } else if (Double.isNaN(number)) {
        out.writeByte(MISSING);
      } else {
        out.writeByte(NUMBER);
        out.writeDouble(number);
      }
    }
    Binary.writeText(out, event.label());
    Binary.writeOrigin(out, event.origin());
  }

  @Override
  public Event read(final DataInputView in) throws IOException {
    final String id = Binary.readText(in);
    final String key = Binary.readText(in);
    final long timestamp = in.readLong();
    final String[] featureNames = names.readArray(in);
    final double[] numbers = new double[featureNames.length];
    final String[] texts = new String[featureNames.length];
    for (int i = 0; i < featureNames.length; i++) {
      numbers[i] = Double.NaN;
      switch (in.readByte()) {
        case MISSING -> {}
        case NUMBER -> numbers[i] = in.readDouble();
        case TEXT -> texts[i] = Binary.readText(in);
        default -> throw new IOException("a serialized event holds an unknown kind of feature");
      }
    }
    return new Event(
        id,
        key,
        timestamp,
        featureNames,
        numbers,
        texts,
        Binary.readText(in),
        Binary.readOrigin(in));
  }
}
