package dev.braid.connectors.type;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Names a {@link RecordSerializer} to Flink. */
final class RecordTypeInfo<T> extends TypeInformation<T> {
  private final RecordKind kind;

  RecordTypeInfo(final RecordKind kind) {
    this.kind = kind;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  @SuppressWarnings("unchecked") // A kind and its type belong together: RecordTypes pairs them.
  public Class<T> getTypeClass() {
    return (Class<T>) kind.type();
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(final SerializerConfig config) {
    return new RecordSerializer<>(kind);
  }

  @Override
  public String toString() {
    return kind.type().getSimpleName();
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof RecordTypeInfo<?> info && info.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public boolean canEqual(final Object other) {
    return other instanceof RecordTypeInfo;
  }
}
