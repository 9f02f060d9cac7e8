package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** The operator over RocksDB in Flink's own test harness, without a cluster. */
final class Workbench implements AutoCloseable {
  private final LabelledLearnerOperator operator;
  private final KeyedTwoInputStreamOperatorTestHarness<String, Event, LabelRecord, PredictionRecord>
      harness;
  private long checkpoint;

  /** An operator without state. */
  Workbench(final LearnerConfig config) throws Exception {
    this(config, null);
  }

  /** An operator restored from a snapshot when the clock stands at 0. */
  Workbench(final LearnerConfig config, final OperatorSubtaskState snapshot) throws Exception {
    this(config, snapshot, 0);
  }

  /** An operator restored from a snapshot when the clock on the wall stands at a time. */
  Workbench(final LearnerConfig config, final OperatorSubtaskState snapshot, final long now)
      throws Exception {
    operator = new LabelledLearnerOperator(config);
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator, Event::key, LabelRecord::key, Types.STRING, 128, 1, 0);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(
        RecordTypes.PREDICTION.createSerializer(
            harness.getExecutionConfig().getSerializerConfig()));
    harness.setProcessingTime(now);
    if (snapshot != null) {
      harness.initializeState(snapshot);
    }
    harness.open();
  }

  void send(final Event event) throws Exception {
    harness.processElement1(new StreamRecord<>(event, event.timestamp()));
  }

  void send(final LabelRecord label) throws Exception {
    harness.processElement2(new StreamRecord<>(label, label.timestamp()));
  }

  /** Lets the clock stand at a time, and what is due happen. */
  void clock(final long millis) throws Exception {
    harness.setStateTtlProcessingTime(millis);
    harness.setProcessingTime(millis);
  }

  OperatorSubtaskState snapshot() throws Exception {
    checkpoint++;
    harness.prepareSnapshotPreBarrier(checkpoint);
    return harness.snapshot(checkpoint, checkpoint);
  }

  /** Ends the input for good. */
  void finish() throws Exception {
    operator.finish();
  }

  /** Keys that have something in a keyed state. */
  long entries(final String state) {
    try (Stream<String> keys =
        operator.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.count();
    }
  }

  int timers() {
    return harness.numProcessingTimeTimers();
  }

  List<PredictionRecord> predictions() {
    return harness.extractOutputValues();
  }

  /** Predictions in a form that is equal only to the last bit. */
  List<String> exactPredictions() {
    return predictions().stream().map(Workbench::exact).toList();
  }

  static String exact(final PredictionRecord p) {
    final List<String> bits = new ArrayList<>(List.of(p.id(), p.key(), "" + p.predicted()));
    bits.addAll(p.classes());
    Arrays.stream(p.probabilities()).forEach(v -> bits.add(Double.toHexString(v)));
    if (p.number() != null) {
      bits.add(Double.toHexString(p.number().value()));
      bits.add(Double.toHexString(p.number().lower()));
      bits.add(Double.toHexString(p.number().upper()));
      p.number().quantiles().forEach(v -> bits.add(Double.toHexString(v)));
    }
    bits.addAll(p.experts());
    Arrays.stream(p.weights()).forEach(v -> bits.add(Double.toHexString(v)));
    bits.add("" + p.modelVersion());
    return String.join(" ", bits);
  }

  List<DeadLetter> deadLetters() {
    return side(SideOutputs.DEAD_LETTERS);
  }

  List<String> reasons() {
    return deadLetters().stream().map(DeadLetter::reason).toList();
  }

  List<MetricsRecord> metrics() {
    return side(SideOutputs.METRICS);
  }

  /** What was published, in order. */
  List<ModelRecord> published() {
    return side(SideOutputs.MODELS);
  }

  List<DriftRecord> drift() {
    return side(SideOutputs.DRIFT);
  }

  /** Takes the dead letters away that have come; how many there were. */
  int takeDeadLetters() {
    final Queue<StreamRecord<DeadLetter>> records = harness.getSideOutput(SideOutputs.DEAD_LETTERS);
    int taken = 0;
    while (records != null && records.poll() != null) {
      taken++;
    }
    return taken;
  }

  private <T> List<T> side(final OutputTag<T> tag) {
    final Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
    return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
  }

  LearnerGauges.Figures figures() {
    return operator.figures();
  }

  long growthRefused() {
    return operator.growthRefused();
  }

  long learnerFailures() {
    return operator.learnerFailures();
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (final Exception e) {
      throw new IllegalStateException("the operator does not close", e);
    }
  }
}
