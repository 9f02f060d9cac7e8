package dev.braid.jobs.operator;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink types of what travels between the operators of a divided model. Nothing of it is ever part
 * of a checkpoint.
 */
public final class BlockType<T> extends TypeInformation<T> {
  /** Tasks. */
  public static final TypeInformation<TaskBlock> TASKS =
      new BlockType<>(BlockKind.TASKS, TaskBlock.class);

  /** Answers. */
  public static final TypeInformation<AnswerBlock> ANSWERS =
      new BlockType<>(BlockKind.ANSWERS, AnswerBlock.class);

  /** Orders. */
  public static final TypeInformation<OrderBlock> ORDERS =
      new BlockType<>(BlockKind.ORDERS, OrderBlock.class);

  private final BlockKind kind;
  private final Class<T> type;

  private BlockType(final BlockKind kind, final Class<T> type) {
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
  public TypeSerializer<T> createSerializer(final SerializerConfig config) {
    return new BlockSerializer<>(kind);
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof BlockType<?> same && same.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public boolean canEqual(final Object other) {
    return other instanceof BlockType;
  }
}
