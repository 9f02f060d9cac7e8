package dev.braid.connectors.type;

import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Names a {@link CodecSerializer} to Flink.
 *
 * @param <T> what is written
 */
public abstract class CodecTypeInfo<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Enum<?> kind;
  private final Class<T> type;

  /**
   * @param kind of what is written; types of one class and kind are equal
   * @param type its class
   */
  protected CodecTypeInfo(final Enum<?> kind, final Class<T> type) {
    this.kind = kind;
    this.type = type;
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
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof CodecTypeInfo<?> same && same.canEqual(this) && same.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public boolean canEqual(final Object other) {
    return other != null && other.getClass() == getClass();
  }
}
