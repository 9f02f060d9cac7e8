package dev.braid.connectors.type;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The binary form of one kind of record. May keep memories of the last record: one per thread. */
public interface RecordCodec<T> {
  /** Writes one. */
  void write(T value, DataOutputView out) throws IOException;

  /** Reads one. */
  T read(DataInputView in) throws IOException;
}
