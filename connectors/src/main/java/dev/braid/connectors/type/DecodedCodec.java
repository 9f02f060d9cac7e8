package dev.braid.connectors.type;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class DecodedCodec implements RecordCodec<Decoded> {
  private static final int EVENT = 0;
  private static final int LABEL = 1;
  private static final int DEAD_LETTER = 2;

  private final RecordCodec<Event> events = new EventCodec();
  private final RecordCodec<LabelRecord> labels = new LabelCodec();
  private final RecordCodec<DeadLetter> deadLetters = new DeadLetterCodec();

  @Override
  public void write(final Decoded decoded, final DataOutputView out) throws IOException {
    if (decoded instanceof Event event) {
      out.writeByte(EVENT);
      events.write(event, out);
    } else if (decoded instanceof LabelRecord label) {
      out.writeByte(LABEL);
      labels.write(label, out);
    } else {
      out.writeByte(DEAD_LETTER);
      deadLetters.write((DeadLetter) decoded, out);
    }
  }

  @Override
  public Decoded read(final DataInputView in) throws IOException {
    return switch (in.readByte()) {
      case EVENT -> events.read(in);
      case LABEL -> labels.read(in);
      case DEAD_LETTER -> deadLetters.read(in);
      default -> throw new IOException("a serialized record is of an unknown kind");
    };
  }
}
