package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.config.JobConfig;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fuzzed events and labels through Kafka and the whole job: it stays up, every record is accounted
 * for, and the heap is bounded. Twenty thousand events; five million with {@code
 * -Dbraid.long=true}, any other number with {@code -Dbraid.fuzz.records=N}.
 */
class FuzzedJobTest {
  private static final int SHORT = 20_000;
  private static final int LONG = 5_000_000;
  private static final int EVENTS =
      Integer.getInteger("braid.fuzz.records", Boolean.getBoolean("braid.long") ? LONG : SHORT);

  private static final long PATIENCE_MILLIS = 120_000L + 2L * EVENTS;
  private static final int ROUND = 100_000;
  private static final long MB = 1 << 20;
  private static final long WORKING_SET = 64 * MB;
  private static final long MODEL_BYTES = 2 * MB;

  private static final String GROWTH = "the model would take about";

  /** What Kafka's clients, RocksDB's wrappers and the job's own buffers may hold. */
  private static final long CLIENTS = 250 * MB;

  /** What is configured where classes are predicted. */
  private static final List<String> CLASSES =
      List.of(
          "model.options.experts",
          "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2+knn(50)"
              + "+naive-bayes(100|1000|10000)*3+last-label+crossed-linear",
          "model.options.combine",
          "log-opinion-pool+stacking-net(hidden=4,remembered=32)");

  private static final List<String> NUMBERS =
      List.of(
          "schema.target",
          "numeric",
          "model.options.experts",
          "adaptive-model-tree*2+knn(50)+rls+rls(crossed=true,width=20)+last-value+mean"
              + "+crossed-linear");

  @TempDir static Path folder;

  @Test
  void theJobStaysUpAccountsForEveryRecordAndItsHeapIsBounded() throws Exception {
    final Fuzz fuzz = new Fuzz("fuzzed", CLASSES, EVENTS);
    fuzz.run(FuzzedRecords::event, FuzzedRecords::label);
    assertTrue(fuzz.predicted.cardinality() > EVENTS / 2);
  }

  /** Half as many events; a class is no number, and costs the record. */
  @Test
  void soItDoesWhereNumbersArePredicted() throws Exception {
    final Fuzz fuzz = new Fuzz("fuzzed-numbers", NUMBERS, EVENTS / 2);
    fuzz.run(
        i -> FuzzedRecords.ofNumber(FuzzedRecords.event(i), i),
        i -> FuzzedRecords.ofNumber(FuzzedRecords.label(i), i));
    assertTrue(fuzz.predicted.cardinality() > EVENTS / 2 * 2 / 5);
    assertTrue(
        fuzz.dead.reasons.keySet().stream().anyMatch(reason -> reason.contains("no finite number")),
        fuzz.dead.reasons::toString);
  }

  /** One run. */
  private static final class Fuzz {
    final String job;
    final List<String> learner;
    final int events;
    final int labels;
    BitSet predicted;
    DeadLetters dead;

    Fuzz(final String job, final List<String> learner, final int events) {
      this.job = job;
      this.learner = learner;
      this.events = events;
      this.labels = events / FuzzedRecords.LATE * 2;
    }

    private JobConfig config(final Rig rig) {
      final List<String> values = new ArrayList<>(learner);
      values.addAll(
          List.of(
              "kafka.labels-topic",
              job + "-labels",
              "kafka.bounded",
              "true",
              "kafka.start",
              "earliest",
              "events.derive-id",
              "true",
              "limits.model-bytes",
              MODEL_BYTES + " b",
              "state.working-set",
              WORKING_SET + " b",
              "state.deduplicate-for",
              "1 d",
              "labels.max-wait",
              "1 h",
              "checkpoints.interval",
              "10 s",
              "job.restart-attempts",
              "0"));
      return rig.configWithoutLearner(job, job + "-events", values.toArray(String[]::new));
    }

    void run(final IntFunction<byte[]> event, final IntFunction<byte[]> label) throws Exception {
      try (Rig rig = Rig.start(folder)) {
        final JobConfig config = config(rig);
        send(rig, job + "-events", events, event);
        send(rig, job + "-labels", labels, label);

        final long before = liveHeap();
        final JobClient client = rig.run(config, null);
        final long most = watchHeap(client.getJobExecutionResult());
        assertTrue(
            most < before + WORKING_SET + MODEL_BYTES + CLIENTS,
            "the heap went from " + before / MB + " to " + most / MB + " MB");

        predicted = predicted(rig, job + "-predictions");
        dead = new DeadLetters(job + "-events");
        read(rig, job + "-dead-letters", dead::add);
        tell(before, most);
        assertFalse(predicted.intersects(dead.events), "predicted, and a dead letter");
        assertEquals(events, predicted.cardinality() + dead.events.cardinality());
        assertTrue(dead.events.cardinality() > events / 10);
        assertTrue(dead.reasons.containsKey(GROWTH), "nothing tried to grow too large");
        for (int i = 1; i < labels; i += 2) {
          assertTrue(dead.labels.get(i), "label " + i + " vanished");
        }
      }
    }

    private void tell(final long before, final long most) {
      System.out.printf(
          "%s: events=%d predictions=%d dead_letters=%d labels=%d dead_labels=%d heap_mb=%d..%d%n",
          job,
          events,
          predicted.cardinality(),
          dead.events.cardinality(),
          labels,
          dead.labels.cardinality(),
          before / MB,
          most / MB);
      dead.reasons.forEach((reason, count) -> System.out.printf("%9d %s%n", count, reason));
    }
  }

  private static void send(
      final Rig rig, final String topic, final int count, final IntFunction<byte[]> record) {
    for (int i = 0; i < count; i++) {
      rig.send(topic, record.apply(i));
      if (i % ROUND == ROUND - 1) {
        rig.flush();
      }
    }
    rig.flush();
  }

  /** Waits for the end of the job. */
  private static long watchHeap(final CompletableFuture<JobExecutionResult> end) throws Exception {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    long most = 0;
    while (true) {
      most = Math.max(most, liveHeap());
      try {
        assertNotNull(end.get(5, TimeUnit.SECONDS));
        return most;
      } catch (final TimeoutException running) {
        assertTrue(System.currentTimeMillis() < deadline, "the job does not end");
      }
    }
  }

  /**
   * Bytes of the heap that a collection left; what the job allocated since does not count, however
   * busy the machine is.
   */
  private static long liveHeap() {
    ManagementFactory.getMemoryMXBean().gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
        .mapToLong(pool -> pool.getCollectionUsage().getUsed())
        .sum();
  }

  private static BitSet predicted(final Rig rig, final String topic) {
    final BitSet predicted = new BitSet(EVENTS);
    read(
        rig,
        topic,
        record -> {
          final String json = new String(record.value(), StandardCharsets.UTF_8);
          final int number = number(Rows.ids(List.of(json)).get(0));
          assertFalse(predicted.get(number), () -> "a second prediction of " + json);
          predicted.set(number);
        });
    return predicted;
  }

  /** The digits at the end of an id. */
  private static int number(final String id) {
    int from = id.length();
    while (from > 0 && Character.isDigit(id.charAt(from - 1))) {
      from--;
    }
    return Integer.parseInt(id.substring(from));
  }

  /** What the dead letters tell: which records they were, by their offsets, and why. */
  private static final class DeadLetters {
    final BitSet events = new BitSet(EVENTS);
    final BitSet labels = new BitSet();
    final Map<String, Integer> reasons = new TreeMap<>();
    private final String eventsTopic;

    DeadLetters(final String eventsTopic) {
      this.eventsTopic = eventsTopic;
    }

    void add(final ConsumerRecord<byte[], byte[]> letter) {
      final BitSet of = header(letter, "topic").equals(eventsTopic) ? events : labels;
      final int offset = Integer.parseInt(header(letter, "offset"));
      assertFalse(of.get(offset), () -> "a second dead letter of offset " + offset);
      of.set(offset);
      final String reason = header(letter, "reason");
      assertFalse(reason.isBlank());
      reasons.merge(kind(reason), 1, Integer::sum);
    }

    private static String header(final ConsumerRecord<byte[], byte[]> letter, final String name) {
      return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** The reason without what is the record's own. */
    private static String kind(final String reason) {
      final String kind =
          reason.replaceAll("'[^']*'", "'..'").replaceAll("[0-9]+([.][0-9]+)?", "N");
      return kind.startsWith(GROWTH) ? GROWTH : kind.substring(0, Math.min(70, kind.length()));
    }
  }

  private static void read(
      final Rig rig, final String topic, final Consumer<ConsumerRecord<byte[], byte[]>> action) {
    try (TopicReader reader = new TopicReader(rig.kafka(), topic)) {
      reader.readToEnd(action);
    }
  }
}
