package dev.braid.connectors.type;

import dev.braid.connectors.DeadLetter;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class DeadLetterCodec implements RecordCodec<DeadLetter> {

  @Override
  public void write(final DeadLetter letter, final DataOutputView out) throws IOException {
    Binary.writeOrigin(out, letter.origin());
    Binary.writeText(out, letter.reason());
  }

  @Override
  public DeadLetter read(final DataInputView in) throws IOException {
    return new DeadLetter(Binary.readOrigin(in), Binary.readText(in));
  }
}
