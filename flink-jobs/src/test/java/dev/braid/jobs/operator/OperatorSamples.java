package dev.braid.jobs.operator;

import dev.braid.jobs.image.LearnerSamples;
import dev.braid.jobs.image.Sample;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** What the learner's operator saves. */
public final class OperatorSamples {
  private OperatorSamples() {}

  /** All of it. */
  public static List<Sample> all() {
    return List.of(
        new Sample("session", OperatorSamples::session, OperatorSamples::useSession),
        new Sample(
            "pending-event",
            () -> value(new PendingEventSerializer(), PendingSerializersTest.EVENT),
            image -> {
              final PendingEvent event = value(new PendingEventSerializer(), image);
              return new double[] {
                Arrays.stream(event.x()).filter(Double::isFinite).sum(),
                event.predicted(),
                event.memberPredictions().length,
                event.expiresAt()
              };
            }),
        new Sample(
            "pending-label",
            () -> value(new PendingLabelSerializer(), PendingSerializersTest.LABEL),
            image -> {
              final PendingLabel label = value(new PendingLabelSerializer(), image);
              return new double[] {label.expiresAt()};
            }),
        new Sample("journaled-model", OperatorSamples::journaled, OperatorSamples::useJournaled),
        new Sample(
            "journal-opening",
            () -> JournalEntry.bytes(OPENING, new ImageWriter()),
            image -> useEntry(JournalEntry.read(new ImageReader(image), null))),
        new Sample(
            "journal-event",
            () ->
                JournalEntry.bytes(
                    new JournalEntry.Processed(Fixtures.event(3, "k"), "high", false),
                    new ImageWriter()),
            image -> useEntry(JournalEntry.read(new ImageReader(image), OPENING.names()))),
        new Sample(
            "journal-late-label",
            () ->
                JournalEntry.bytes(
                    new JournalEntry.Late(PendingSerializersTest.EVENT, "low", 5),
                    new ImageWriter()),
            image -> useEntry(JournalEntry.read(new ImageReader(image), OPENING.names()))),
        new Sample(
            "specification",
            () -> {
              final ImageWriter out = new ImageWriter();
              SpecGuard.write(new LearnerSpec("braid", 7, Map.of("trees", "3")), out);
              return out.toByteArray();
            },
            image -> {
              final LearnerSpec spec = SpecGuard.read(new ImageReader(image));
              return new double[] {spec.seed(), spec.options().size()};
            }));
  }

  private static final JournalEntry.Opening OPENING =
      new JournalEntry.Opening(
          new LearnerSpec("braid", 7, Map.of("trees", "3")), new String[] {"a", "b", "c"});

  private static double[] useEntry(final JournalEntry entry) {
    if (entry instanceof JournalEntry.Opening opening) {
      return new double[] {opening.learner().seed(), opening.names().length};
    }
    if (entry instanceof JournalEntry.Processed processed) {
      return new double[] {
        processed.event().number(0), processed.event().number(1), processed.label().length()
      };
    }
    final JournalEntry.Late late = (JournalEntry.Late) entry;
    return new double[] {late.event().x().length, late.label().length(), late.timestamp()};
  }

  private static byte[] journaled() {
    return new ImageWriter()
        .begin(ImageKind.JOURNALED_MODEL)
        .putLong(3)
        .putLong(5)
        .putRaw(rawSession())
        .toByteArray();
  }

  private static byte[] rawSession() {
    try {
      final byte[] session = session();
      return Arrays.copyOf(session, session.length - ImageWriter.CHECKSUM_BYTES);
    } catch (final Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[] useJournaled(final byte[] image) throws Exception {
    final JournaledModel.Saved saved = JournaledModel.Saved.read(new ImageReader(image));
    return new double[] {saved.nextWaiting() - saved.firstWaiting(), saved.session().events};
  }

  private static byte[] session() throws Exception {
    final SessionState state = SessionStateTest.example();
    final Learner learner = LearnerSamples.learner("braid");
    final ImageWriter out = new ImageWriter();
    state.save(learner.parts(), null, 1 << 20, out);
    return out.toByteArray();
  }

  private static double[] useSession(final byte[] image) throws Exception {
    final SessionState state = SessionState.read(new ImageReader(image));
    state.count(0, 1, new double[] {0.75, 0.25});
    state.detector.add(1);
    state.routing.add(List.of("e0", "e1"), new double[] {0.5, 0.5});
    final double[] figures = {
      state.events, state.evaluator.kappaM(), state.detector.estimate(), state.routing.entropy()
    };
    if (!state.parts.isPacked()) {
      return figures;
    }
    final Learner learner = LearnerImage.read(state.parts.load(null));
    final double[] predictions = LearnerSamples.use(learner);
    final double[] all = Arrays.copyOf(figures, figures.length + predictions.length);
    System.arraycopy(predictions, 0, all, figures.length, predictions.length);
    return all;
  }

  /** The image in what a serializer writes: its length stands before it. */
  private static <T> byte[] value(final TypeSerializer<T> serializer, final T value)
      throws Exception {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    final byte[] bytes = out.getCopyOfBuffer();
    return Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length);
  }

  private static <T> T value(final TypeSerializer<T> serializer, final byte[] image)
      throws Exception {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    out.writeInt(image.length);
    out.write(image);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }
}
