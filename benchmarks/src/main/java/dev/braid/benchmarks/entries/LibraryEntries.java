package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Learner;
import dev.braid.router.Member;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The learner without Flink, alone and with what any job has to do to its records. */
final class LibraryEntries {
  private LibraryEntries() {}

  static Learner learner() {
    final List<Feature> features = new ArrayList<>();
    for (int f = 0; f < Events.NAMES.length - 1; f++) {
      features.add(Feature.numeric(Events.NAMES[f]));
    }
    features.add(Feature.nominal(Events.NAMES[Events.NAMES.length - 1], Events.COLOURS));
    return Presets.open(
        LearnerConfig.defaults().spec(), new Schema(features, List.of(Events.CLASSES)));
  }

  static void bare(final int events) {
    final Learner learner = learner();
    final Prediction prediction = new Prediction();
    final double[] x = new double[Events.NAMES.length];
    for (int i = 0; i < events; i++) {
      learn(learner, Events.event(i), x, prediction);
    }
  }

  private static void learn(
      final Learner learner, final Event event, final double[] x, final Prediction prediction) {
    final int last = x.length - 1;
    System.arraycopy(event.numbers(), 0, x, 0, last);
    x[last] = learner.schema().valueIndex(last, event.texts()[last]);
    learner.testThenTrain(x, learner.schema().classIndex(event.label()), prediction);
  }

  /** As between two tasks: the event goes to bytes and back, and so does the prediction. */
  static void serialised(final int events) throws IOException {
    final Learner learner = learner();
    final Prediction prediction = new Prediction();
    final double[] x = new double[Events.NAMES.length];
    final TypeSerializer<Event> in = RecordTypes.EVENT.createSerializer(new SerializerConfigImpl());
    final TypeSerializer<PredictionRecord> out =
        RecordTypes.PREDICTION.createSerializer(new SerializerConfigImpl());
    final DataOutputSerializer bytes = new DataOutputSerializer(1024);
    final DataInputDeserializer back = new DataInputDeserializer();
    final List<String> experts = learner.members().stream().map(Member::name).toList();
    for (int i = 0; i < events; i++) {
      final Event event = there(in, Events.event(i), bytes, back);
      learn(learner, event, x, prediction);
      there(
          out,
          new PredictionRecord(
              event.id(),
              "",
              i,
              learner.schema().classes().get(Math.max(0, prediction.label())),
              learner.schema().classes(),
              prediction.probabilities().clone(),
              experts,
              prediction.weights().clone(),
              i),
          bytes,
          back);
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
