package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The three operators of divided models over RocksDB in Flink's own test harness: what one sends is
 * brought to the next at once, and the clock is the test's.
 */
final class DividedBench implements AutoCloseable {
  private static final int KEY_GROUPS = 128;

  private final SequencerOperator sequencerOperator;
  private final ShardOperator shardOperator;
  private final CombinerOperator combinerOperator;
  private final KeyedOneInputStreamOperatorTestHarness<String, Decoded, PredictionRecord> sequencer;
  private final KeyedOneInputStreamOperatorTestHarness<String, TaskBatch, AnswerBatch> shards;
  private final KeyedTwoInputStreamOperatorTestHarness<
          String, OrderBatch, AnswerBatch, PredictionRecord>
      combiner;
  private long checkpoint;

  /** The harness keeps what is sent, where a network writes it at once. */
  private static final class Copying extends SequencerOperator {
    private static final long serialVersionUID = 1L;

    Copying(final LearnerConfig config, final int shards) {
      super(config, shards, 5, true);
    }

    @Override
    <T> void send(final OutputTag<T> tag, final StreamRecord<T> batch) {
      super.send(tag, new StreamRecord<>(written(tag, batch.getValue())));
    }

    private static <T> T written(final OutputTag<T> tag, final T batch) {
      final TypeSerializer<T> serializer =
          tag.getTypeInfo().createSerializer(new SerializerConfigImpl());
      try {
        final DataOutputSerializer out = new DataOutputSerializer(256);
        serializer.serialize(batch, out);
        return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
      } catch (final IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }

  /** What a checkpoint holds. */
  record Saved(
      OperatorSubtaskState sequencer, OperatorSubtaskState shards, OperatorSubtaskState combiner) {}

  DividedBench(final LearnerConfig config, final int count) throws Exception {
    this(config, count, null);
  }

  /**
   * @param saved null for operators without state
   */
  DividedBench(final LearnerConfig config, final int count, final Saved saved) throws Exception {
    sequencerOperator = new Copying(config, count);
    shardOperator = new ShardOperator(config, count);
    combinerOperator = new CombinerOperator(config, count);
    sequencer =
        new KeyedOneInputStreamOperatorTestHarness<>(
            sequencerOperator, MixedLearnerOperator::key, Types.STRING, KEY_GROUPS, 1, 0);
    shards =
        new KeyedOneInputStreamOperatorTestHarness<>(
            shardOperator, TaskBatch::shard, Types.STRING, KEY_GROUPS, 1, 0);
    combiner =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            combinerOperator,
            OrderBatch::model,
            AnswerBatch::model,
            Types.STRING,
            KEY_GROUPS,
            1,
            0);
    final SerializerConfigImpl plain = new SerializerConfigImpl();
    sequencer.setup(RecordTypes.PREDICTION.createSerializer(plain));
    shards.setup(BatchType.ANSWERS.createSerializer(plain));
    combiner.setup(RecordTypes.PREDICTION.createSerializer(plain));
    open(sequencer, saved == null ? null : saved.sequencer());
    open(shards, saved == null ? null : saved.shards());
    open(combiner, saved == null ? null : saved.combiner());
  }

  private static void open(
      final AbstractStreamOperatorTestHarness<?> harness, final OperatorSubtaskState saved)
      throws Exception {
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setProcessingTime(0);
    if (saved != null) {
      harness.initializeState(saved);
    }
    harness.open();
  }

  /** Brings a record in, which stays with its fellows until they are sent. */
  void send(final Decoded record) throws Exception {
    sequencer.processElement(new StreamRecord<>(record));
    move();
  }

  /** Lets everything be sent that waits for company. */
  void flush() throws Exception {
    sequencerOperator.prepareSnapshotPreBarrier(checkpoint);
    move();
  }

  private void move() throws Exception {
    final Queue<StreamRecord<OrderBatch>> orders =
        sequencer.getSideOutput(SequencerOperator.ORDERS);
    while (orders != null && !orders.isEmpty()) {
      combiner.processElement1(orders.remove());
    }
    final Queue<StreamRecord<TaskBatch>> tasks = sequencer.getSideOutput(SequencerOperator.TASKS);
    while (tasks != null && !tasks.isEmpty()) {
      shards.processElement(tasks.remove());
    }
    for (final AnswerBatch answer : shards.extractOutputValues()) {
      combiner.processElement2(new StreamRecord<>(answer));
    }
    shards.getOutput().clear();
  }

  /** Lets the clock stand at a time, and what is due happen. */
  void clock(final long millis) throws Exception {
    sequencer.setProcessingTime(millis);
    flush();
    combiner.setProcessingTime(millis);
  }

  Saved snapshot() throws Exception {
    flush();
    checkpoint++;
    return new Saved(
        sequencer.snapshot(checkpoint, checkpoint),
        shards.snapshot(checkpoint, checkpoint),
        combiner.snapshot(checkpoint, checkpoint));
  }

  List<String> exactPredictions() throws Exception {
    flush();
    return combiner.extractOutputValues().stream().map(Workbench::exact).toList();
  }

  /** Of both halves that give any out. */
  List<DeadLetter> deadLetters() throws Exception {
    flush();
    final List<DeadLetter> letters = new ArrayList<>(side(sequencer, SideOutputs.DEAD_LETTERS));
    letters.addAll(side(combiner, SideOutputs.DEAD_LETTERS));
    return letters;
  }

  List<String> reasons() throws Exception {
    return deadLetters().stream().map(DeadLetter::reason).toList();
  }

  List<MetricsRecord> metrics() throws Exception {
    flush();
    return side(combiner, SideOutputs.METRICS);
  }

  List<DriftRecord> drift() throws Exception {
    flush();
    return side(combiner, SideOutputs.DRIFT);
  }

  private static <T> List<T> side(
      final AbstractStreamOperatorTestHarness<?> harness, final OutputTag<T> tag) {
    final Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
    return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
  }

  /** Keys that have something in a keyed state: of the sequencer, the shards and the combiner. */
  List<Long> entries(final String state) {
    return Stream.of(sequencerOperator, shardOperator, combinerOperator)
        .map(operator -> entries(operator, state))
        .toList();
  }

  private static long entries(final AbstractStreamOperator<?> operator, final String state) {
    try (Stream<String> keys =
        operator.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.count();
    }
  }

  LearnerGauges.Figures figures() throws Exception {
    flush();
    return combinerOperator.figures();
  }

  /** Tasks that the shards have answered, and those at which an expert failed. */
  List<Long> shardCounts() {
    return List.of(shardOperator.tasks(), shardOperator.failures());
  }

  @Override
  public void close() {
    try {
      sequencer.close();
      shards.close();
      combiner.close();
    } catch (final Exception e) {
      throw new IllegalStateException("the operators do not close", e);
    }
  }
}
