package dev.braid.jobs.operator;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.ImageSerializer;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Stores labels that wait for their events. */
public final class PendingLabelSerializer extends ImageSerializer<PendingLabel> {
  private static final long serialVersionUID = 1L;

  /** A serializer; stateless but for a buffer. */
  public PendingLabelSerializer() {
    super(ImageKind.PENDING_LABEL);
  }

  @Override
  protected void write(final PendingLabel value, final ImageWriter out) {
    out.putString(value.label())
        .putLong(value.timestamp())
        .putString(value.topic())
        .putInt(value.partition())
        .putLong(value.offset())
        .putBoolean(value.recordKey() != null)
        .putBytes(value.recordKey() == null ? new byte[0] : value.recordKey())
        .putBytes(value.bytes())
        .putLong(value.expiresAt());
  }

  @Override
  protected PendingLabel read(final ImageReader in) {
    final String label = in.getString();
    final long timestamp = in.getLong();
    final String topic = in.getString();
    final int partition = in.getInt();
    final long offset = in.getLong();
    final boolean hasKey = in.getBoolean();
    final byte[] key = in.getBytes();
    return new PendingLabel(
        label,
        timestamp,
        topic,
        partition,
        offset,
        hasKey ? key : null,
        in.getBytes(),
        in.getLong());
  }

  @Override
  public TypeSerializer<PendingLabel> duplicate() {
    return new PendingLabelSerializer();
  }

  @Override
  public TypeSerializerSnapshot<PendingLabel> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names this serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PendingLabel> {
    /** Called by Flink when it reads a checkpoint. */
    public Snapshot() {
      super(PendingLabelSerializer::new);
    }
  }
}
