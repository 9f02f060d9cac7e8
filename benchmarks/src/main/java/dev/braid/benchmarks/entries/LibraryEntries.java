package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The learner without Flink, alone and with what any job has to do to its records. */
final class LibraryEntries {
  private LibraryEntries() {}

  static void bare(final int events) {
    final BareLearner learner = new BareLearner();
    for (int i = 0; i < events; i++) {
      learner.learn(Events.event(i));
    }
  }

  /** As between two tasks: the event goes to bytes and back, and so does the prediction. */
  static void serialised(final int events) throws IOException {
    final BareLearner learner = new BareLearner();
    final TypeSerializer<Event> in = RecordTypes.EVENT.createSerializer(new SerializerConfigImpl());
    final TypeSerializer<PredictionRecord> out =
        RecordTypes.PREDICTION.createSerializer(new SerializerConfigImpl());
    final DataOutputSerializer bytes = new DataOutputSerializer(1024);
    final DataInputDeserializer back = new DataInputDeserializer();
    for (int i = 0; i < events; i++) {
      final Event event = there(in, Events.event(i), bytes, back);
      learner.learn(event);
      there(out, learner.record(event, i), bytes, back);
    }
  }

  private static <T> T there(
      final TypeSerializer<T> serializer,
      final T value,
      final DataOutputSerializer bytes,
      final DataInputDeserializer back)
      throws IOException {
    bytes.clear();
    serializer.serialize(value, bytes);
    back.setBuffer(bytes.getSharedBuffer(), 0, bytes.length());
    return serializer.deserialize(back);
  }
}
