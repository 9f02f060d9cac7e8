package dev.braid.jobs.operator;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.ImageSerializer;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/**
 * Stores events that wait for their labels.
 *
 * <p>Layout ({@link ImageKind#PENDING_EVENT}): instance, predicted class or number, time, what the
 * experts predicted, what the learner gave each class, a number's interval and how many were
 * learned before.
 */
public final class PendingEventSerializer extends ImageSerializer<PendingEvent> {
  private static final long serialVersionUID = 1L;

  /** A serializer; stateless but for a buffer. */
  public PendingEventSerializer() {
    super(ImageKind.PENDING_EVENT);
  }

  @Override
  protected void write(final PendingEvent value, final ImageWriter out) {
    out.putDoubles(value.x(), value.x().length)
        .putDouble(value.predicted())
        .putLong(value.expiresAt())
        .putDoubles(value.memberPredictions(), value.memberPredictions().length)
        .putFloats(value.probabilities(), value.probabilities().length)
        .putDoubles(value.interval(), value.interval().length);
  }

  @Override
  protected PendingEvent read(final ImageReader in) {
    final double[] x = in.getDoubles();
    final double predicted = in.getDouble();
    final long expiresAt = in.getLong();
    return new PendingEvent(
        x, predicted, in.getDoubles(), in.getFloats(), in.getDoubles(), expiresAt);
  }

  @Override
  public TypeSerializer<PendingEvent> duplicate() {
    return new PendingEventSerializer();
  }

  @Override
  public TypeSerializerSnapshot<PendingEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names this serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PendingEvent> {
    /** Called by Flink when it reads a checkpoint. */
    public Snapshot() {
      super(PendingEventSerializer::new);
    }
  }
}
