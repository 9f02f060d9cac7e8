package dev.braid.jobs.topology;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.AnswerBatch;
import dev.braid.jobs.operator.BatchType;
import dev.braid.jobs.operator.CombinerOperator;
import dev.braid.jobs.operator.MixedLearnerOperator;
import dev.braid.jobs.operator.OrderBatch;
import dev.braid.jobs.operator.SequencerOperator;
import dev.braid.jobs.operator.ShardOperator;
import dev.braid.jobs.operator.SideOutputs;
import dev.braid.jobs.operator.TaskBatch;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Models whose experts work on several slots: a sequencer keyed by model, shards keyed by model and
 * shard, a combiner keyed by model again.
 *
 * @param predictions with metrics and drift beside them
 * @param deadLetters of both halves
 */
public record DividedModels(
    SingleOutputStreamOperator<PredictionRecord> predictions, DataStream<DeadLetter> deadLetters) {
  /** Uid of the operator that brings the records in order. */
  public static final String SEQUENCER = "sequencer";

  /** Uid of the operator that holds the experts. */
  public static final String SHARDS = "shards";

  /** Uid of the operator that combines what they say. */
  public static final String COMBINER = "combiner";

  /**
   * @param records events and labels, in an order that a replay repeats for each model
   * @param labelsCome whether labels can come after their events
   * @param shards of each model
   * @param linger how long a task may wait for company
   */
  public static DividedModels of(
      final DataStream<Decoded> records,
      final LearnerConfig config,
      final boolean labelsCome,
      final int shards,
      final Duration linger) {
    final SingleOutputStreamOperator<PredictionRecord> sequencer =
        records
            .keyBy(MixedLearnerOperator::key, Types.STRING)
            .transform(
                SEQUENCER,
                RecordTypes.PREDICTION,
                new SequencerOperator(config, shards, Math.max(1, linger.toMillis()), labelsCome))
            .uid(SEQUENCER);
    final SingleOutputStreamOperator<AnswerBatch> answers =
        sequencer
            .getSideOutput(SequencerOperator.TASKS)
            .keyBy(TaskBatch::shard, Types.STRING)
            .transform(SHARDS, BatchType.ANSWERS, new ShardOperator(config, shards))
            .uid(SHARDS);
    final SingleOutputStreamOperator<PredictionRecord> predictions =
        sequencer
            .getSideOutput(SequencerOperator.ORDERS)
            .keyBy(OrderBatch::model, Types.STRING)
            .connect(answers.keyBy(AnswerBatch::model, Types.STRING))
            .transform(COMBINER, RecordTypes.PREDICTION, new CombinerOperator(config, shards))
            .uid(COMBINER);
    return new DividedModels(
        predictions,
        sequencer
            .getSideOutput(SideOutputs.DEAD_LETTERS)
            .union(predictions.getSideOutput(SideOutputs.DEAD_LETTERS)));
  }
}
