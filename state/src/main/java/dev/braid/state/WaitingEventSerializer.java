package dev.braid.state;

import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Stores events that wait for their labels. */
public final class WaitingEventSerializer extends ImageSerializer<WaitingEvent> {
  private static final long serialVersionUID = 1L;

  /** A serializer; stateless but for a buffer. */
  public WaitingEventSerializer() {
    super("WEVT", 1);
  }

  @Override
  protected void write(final WaitingEvent value, final ImageWriter out) {
    out.putDoubles(value.x(), value.x().length)
        .putInt(value.predicted())
        .putLong(value.expiresAt());
  }

  @Override
  protected WaitingEvent read(final ImageReader in, final int version) {
    return new WaitingEvent(in.getDoubles(), in.getInt(), in.getLong());
  }

  @Override
  public TypeSerializer<WaitingEvent> duplicate() {
    return new WaitingEventSerializer();
  }

  @Override
  public TypeSerializerSnapshot<WaitingEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names this serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<WaitingEvent> {
    /** Called by Flink when it reads a checkpoint. */
    public Snapshot() {
      super(WaitingEventSerializer::new);
    }
  }
}
