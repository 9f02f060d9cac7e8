package dev.braid.connectors.type;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Which record a savepoint holds, and in which version of the binary forms. For Flink, which
 * creates it by its public constructor when it restores.
 */
public final class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
  /** Of all records' binary forms, to be raised with every change to one. */
  private static final int VERSION = 1;

  private RecordKind kind;

  /** For Flink. */
  public RecordSerializerSnapshot() {}

  RecordSerializerSnapshot(final RecordKind kind) {
    this.kind = kind;
  }

  @Override
  public int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public void writeSnapshot(final DataOutputView out) throws IOException {
    out.writeUTF(kind.name());
  }

  @Override
  public void readSnapshot(
      final int readVersion, final DataInputView in, final ClassLoader userCodeClassLoader)
      throws IOException {
    if (readVersion != VERSION) {
      throw new IOException(
          "the saved state holds records in version "
              + readVersion
              + " of their form, this build reads "
              + VERSION);
    }
    final String name = in.readUTF();
    try {
      kind = RecordKind.valueOf(name);
    } catch (final IllegalArgumentException unknown) {
      throw new IOException("the saved state holds records of an unknown kind, " + name, unknown);
    }
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return new RecordSerializer<>(kind);
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      final TypeSerializerSnapshot<T> old) {
    return old instanceof RecordSerializerSnapshot<T> saved && saved.kind == kind
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
