package dev.braid.jobs.operator;

import dev.braid.connectors.type.CodecTypeInfo;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink types of what travels between the operators of a divided model. Nothing of it is ever part
 * of a checkpoint.
 */
public final class BatchType<T> extends CodecTypeInfo<T> {
  private static final long serialVersionUID = 1L;

  /** Tasks. */
  public static final TypeInformation<TaskBatch> TASKS =
      new BatchType<>(BatchKind.TASKS, TaskBatch.class);

  /** Answers. */
  public static final TypeInformation<AnswerBatch> ANSWERS =
      new BatchType<>(BatchKind.ANSWERS, AnswerBatch.class);

  /** Orders. */
  public static final TypeInformation<OrderBatch> ORDERS =
      new BatchType<>(BatchKind.ORDERS, OrderBatch.class);

  private final BatchKind kind;

  private BatchType(final BatchKind kind, final Class<T> type) {
    super(kind, type);
    this.kind = kind;
  }

  @Override
  public TypeSerializer<T> createSerializer(final SerializerConfig config) {
    return new BatchSerializer<>(kind);
  }
}
