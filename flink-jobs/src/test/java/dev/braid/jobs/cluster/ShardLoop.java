package dev.braid.jobs.cluster;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.MixedLearnerOperator;
import dev.braid.jobs.topology.DividedModels;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The operators of whole and of divided models in one process, without Kafka: rows a second, and
 * the CPU time of each task. What the compiler and the collector use is not in it.
 */
final class ShardLoop {
  private static final Clock CLOCK = new Clock();

  private ShardLoop() {}

  /** What was measured by when; one job is measured in a process. */
  private static final class Clock {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long middle;
    private long end;
    private Map<String, Long> before;
    private Map<String, Long> after;

    synchronized void row(final long n, final long rows) {
      if (n == rows / 2) {
        before = nanos();
        middle = System.nanoTime();
      } else if (n == last(rows)) {
        end = System.nanoTime();
        after = nanos();
      }
    }

    /**
     * Tasks that have read all of a stream end before its last rows come out, with their threads.
     */
    private static long last(final long rows) {
      return rows - rows / 20;
    }

    private Map<String, Long> nanos() {
      final Map<String, Long> nanos = new HashMap<>();
      for (final ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
        if (thread != null) {
          final long used = threads.getThreadCpuTime(thread.getThreadId());
          nanos.merge(thread.getThreadName(), used, Long::sum);
        }
      }
      return nanos;
    }

    synchronized String figures(final long rows) {
      final double half = last(rows) - rows / 2;
      final Map<String, Double> used = new TreeMap<>();
      after.forEach((name, n) -> used.put(name, (n - before.getOrDefault(name, 0L)) / 1e3 / half));
      return String.format(
          Locale.ROOT,
          "%.0f rows a second; CPU in microseconds a row: %s",
          half / ((end - middle) / 1e9),
          used.entrySet().stream()
              .filter(each -> each.getValue() >= 0.5)
              .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
              .map(each -> String.format(Locale.ROOT, "%s=%.1f", each.getKey(), each.getValue()))
              .collect(Collectors.joining(", ")));
    }
  }

  /** Reads the stream, row by row. */
  private static final class Reader extends RichMapFunction<Long, Decoded> {
    private static final long serialVersionUID = 1L;
    private final String stream;
    private final long rows;
    private transient InstanceSource source;

    Reader(final String stream, final long rows) {
      this.stream = stream;
      this.rows = rows;
    }

    @Override
    public void open(final OpenContext context) {
      source = ClusterFigures.stream(stream).open(1, rows);
    }

    @Override
    public Decoded map(final Long row) {
      final Instance instance = source.next();
      final List<Feature> features = source.schema().features();
      final String[] names = new String[features.size()];
      final double[] numbers = new double[names.length];
      final String[] texts = new String[names.length];
      for (int f = 0; f < names.length; f++) {
        names[f] = features.get(f).name();
        numbers[f] = instance.x()[f];
        if (features.get(f).isNominal() && !Double.isNaN(numbers[f])) {
          texts[f] = features.get(f).values().get((int) numbers[f]);
        }
      }
      return new Event(
          "e" + row,
          "",
          row,
          names,
          numbers,
          texts,
          source.schema().classes().get(instance.label()),
          new Origin("t", 0, row, null, new byte[0]));
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /**
   * Arguments: stream, rows, experts or an empty text for those of {@code braid}, shards (0 for a
   * whole model), slots. Prints figures of the last half of the rows, but for the very last.
   */
  public static void main(final String[] args) throws Exception {
    final long rows = Long.parseLong(args[1]);
    final int shards = Integer.parseInt(args[3]);
    final int slots = Integer.parseInt(args[4]);
    final LearnerConfig config =
        LearnerConfig.of(args[2].isEmpty() ? Map.of() : Map.of("model.options.experts", args[2]));
    final Configuration flink = new Configuration();
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(slots, flink);
    final DataStream<Decoded> source =
        environment
            .fromSequence(0, rows - 1)
            .setParallelism(1)
            .map(new Reader(args[0], rows))
            .returns(RecordTypes.DECODED)
            .setParallelism(1);
    final DataStream<PredictionRecord> predictions =
        shards == 0
            ? source
                .keyBy(MixedLearnerOperator::key, Types.STRING)
                .transform("whole", RecordTypes.PREDICTION, new MixedLearnerOperator(config))
            : DividedModels.of(source, config, false, shards, Duration.ofMillis(10)).predictions();
    final long[] seen = new long[1];
    predictions
        .map(
            prediction -> {
              CLOCK.row(++seen[0], rows);
              return prediction;
            },
            RecordTypes.PREDICTION)
        .sinkTo(new DiscardingSink<>());
    environment.execute();
    System.out.println("shards=" + shards + " slots=" + slots + ": " + CLOCK.figures(rows));
  }
}
