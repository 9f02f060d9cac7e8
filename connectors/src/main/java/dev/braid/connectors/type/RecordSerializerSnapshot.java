package dev.braid.connectors.type;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Which record, in which version of its binary form, a savepoint holds. For Flink, which creates it
 * by its public constructor when it restores.
 */
public final class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
  private static final int VERSION = 1;

  private RecordKind kind;
  private int recordVersion;

  /** For Flink. */
  public RecordSerializerSnapshot() {}

  RecordSerializerSnapshot(final RecordKind kind) {
    this.kind = kind;
    this.recordVersion = kind.version();
  }

  @Override
  public int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public void writeSnapshot(final DataOutputView out) throws IOException {
    out.writeUTF(kind.name());
    out.writeInt(recordVersion);
  }

  @Override
  public void readSnapshot(
      final int readVersion, final DataInputView in, final ClassLoader userCodeClassLoader)
      throws IOException {
    final String name = in.readUTF();
    try {
      kind = RecordKind.valueOf(name);
    } catch (final IllegalArgumentException unknown) {
      throw new IOException("the saved state holds records of an unknown kind, " + name, unknown);
    }
    recordVersion = in.readInt();
    if (recordVersion < 1 || recordVersion > kind.version()) {
      throw new IOException(
          "the saved state holds "
              + name
              + " records of version "
              + recordVersion
              + ", this build reads 1 to "
              + kind.version());
    }
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return new RecordSerializer<>(kind);
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      final TypeSerializerSnapshot<T> old) {
    return old instanceof RecordSerializerSnapshot<T> saved
            && saved.kind == kind
            && saved.recordVersion == recordVersion
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
