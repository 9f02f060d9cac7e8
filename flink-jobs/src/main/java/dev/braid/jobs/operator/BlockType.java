package dev.braid.jobs.operator;

import dev.braid.connectors.type.CodecTypeInfo;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink types of what travels between the operators of a divided model. Nothing of it is ever part
 * of a checkpoint.
 */
public final class BlockType<T> extends CodecTypeInfo<T> {
  private static final long serialVersionUID = 1L;

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

  private BlockType(final BlockKind kind, final Class<T> type) {
    super(kind, type);
    this.kind = kind;
  }

  @Override
  public TypeSerializer<T> createSerializer(final SerializerConfig config) {
    return new BlockSerializer<>(kind);
  }
}
