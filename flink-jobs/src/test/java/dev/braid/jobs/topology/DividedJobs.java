package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.MixedLearnerOperator;
import dev.braid.jobs.operator.SideOutputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Jobs of whole and of divided models over the same records, for tests that compare them. */
final class DividedJobs {
  private static final int SLOTS = 4;

  /** Of the jobs that run, which are in this process: they may be too many for a job's plan. */
  private static final Map<Integer, List<Decoded>> RECORDS = new ConcurrentHashMap<>();

  private static final AtomicInteger JOBS = new AtomicInteger();

  private DividedJobs() {}

  /**
   * What a job says, by key and kind of record, each in its order.
   *
   * @param shards 0 for whole models
   */
  @SuppressWarnings("try") // Closing may be interrupted.
  static Map<String, List<String>> said(
      final List<Decoded> records,
      final LearnerConfig config,
      final int shards,
      final int parallelism)
      throws Exception {
    final Configuration flink = new Configuration();
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, SLOTS);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.MAX_PARALLELISM, 720);
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
    environment.enableCheckpointing(150);
    final int job = JOBS.incrementAndGet();
    RECORDS.put(job, records);
    final DataStream<Decoded> source =
        environment
            .fromSequence(0, records.size() - 1)
            .setParallelism(1)
            .map(i -> RECORDS.get(job).get(i.intValue()), RecordTypes.DECODED)
            .setParallelism(1);
    final SingleOutputStreamOperator<PredictionRecord> predictions;
    final DataStream<DeadLetter> deadLetters;
    if (shards == 0) {
      predictions =
          source
              .keyBy(MixedLearnerOperator::key, Types.STRING)
              .transform("whole", RecordTypes.PREDICTION, new MixedLearnerOperator(config));
      deadLetters = predictions.getSideOutput(SideOutputs.DEAD_LETTERS);
    } else {
      final DividedModels models =
          DividedModels.of(source, config, true, shards, Duration.ofMillis(3));
      predictions = models.predictions();
      deadLetters = models.deadLetters();
    }
    final DataStream<String> all =
        predictions
            .map(DividedJobs::text, Types.STRING)
            .union(
                predictions.getSideOutput(SideOutputs.METRICS).map(DividedJobs::text, Types.STRING),
                predictions.getSideOutput(SideOutputs.DRIFT).map(DividedJobs::text, Types.STRING),
                deadLetters.map(DividedJobs::text, Types.STRING));
    final Map<String, List<String>> said = new TreeMap<>();
    try (CloseableIterator<String> each = all.executeAndCollect()) {
      while (each.hasNext()) {
        final String text = each.next();
        said.computeIfAbsent(text.substring(0, text.indexOf('|')), kind -> new ArrayList<>())
            .add(text);
      }
    }
    RECORDS.remove(job);
    // Several subtasks write them side by side.
    said.getOrDefault("dead letter", new ArrayList<>()).sort(null);
    return said;
  }

  private static String text(final PredictionRecord p) {
    return "prediction "
        + p.key()
        + "|"
        + p.id()
        + p.timestamp()
        + p.predicted()
        + p.classes()
        + Arrays.toString(p.probabilities())
        + p.experts()
        + Arrays.toString(p.weights())
        + p.modelVersion();
  }

  /** Without the two figures that are the task's own time. */
  private static String text(final MetricsRecord m) {
    return "metrics "
        + m.key()
        + "|"
        + new MetricsRecord(
            m.key(),
            m.timestamp(),
            m.events(),
            m.labelled(),
            m.classes(),
            m.expertShare(),
            m.expertWeight(),
            m.weightEntropy(),
            m.featureImportance(),
            m.drifts(),
            m.pending(),
            m.expired(),
            m.pendingLabels(),
            m.expiredLabels(),
            m.ignoredFeatures(),
            m.stateBytes(),
            0,
            0);
  }

  private static String text(final DriftRecord record) {
    return "drift " + record.key() + "|" + record;
  }

  private static String text(final DeadLetter letter) {
    return "dead letter|" + letter.origin().offset() + letter.reason();
  }

  static void assertSame(
      final Map<String, List<String>> whole, final Map<String, List<String>> divided) {
    assertEquals(whole.keySet(), divided.keySet());
    whole.forEach(
        (kind, records) -> {
          final List<String> others = divided.get(kind);
          for (int i = 0; i < Math.min(records.size(), others.size()); i++) {
            assertEquals(records.get(i), others.get(i), kind + ", record " + i);
          }
          assertEquals(records.size(), others.size(), kind);
        });
  }
}
