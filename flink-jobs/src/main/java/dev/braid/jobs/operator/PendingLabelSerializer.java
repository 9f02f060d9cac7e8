package dev.braid.jobs.operator;

import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
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
    final LabelRecord label = value.record();
    final Origin origin = label.origin();
    out.putString(label.id())
        .putString(label.key())
        .putLong(label.timestamp())
        .putString(label.label())
        .putString(origin.topic())
        .putInt(origin.partition())
        .putLong(origin.offset())
        .putBoolean(origin.recordKey() != null)
        .putBytes(origin.recordKey() == null ? new byte[0] : origin.recordKey())
        .putBytes(origin.bytes())
        .putLong(value.expiresAt());
  }

  @Override
  protected PendingLabel read(final ImageReader in) {
    final String id = in.getString();
    final String key = in.getString();
    final long timestamp = in.getLong();
    final String label = in.getString();
    final Origin origin =
        new Origin(in.getString(), in.getInt(), in.getLong(), recordKey(in), in.getBytes());
    return new PendingLabel(new LabelRecord(id, key, timestamp, label, origin), in.getLong());
  }

  private static byte[] recordKey(final ImageReader in) {
    final boolean hasKey = in.getBoolean();
    final byte[] key = in.getBytes();
    return hasKey ? key : null;
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
