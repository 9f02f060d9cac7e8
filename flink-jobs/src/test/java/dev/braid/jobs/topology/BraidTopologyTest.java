package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole job, from topic to topic, over a real broker, a real cluster and RocksDB. */
@Timeout(300)
class BraidTopologyTest {
  /** Events that come between an event and its label, where labels come late. */
  private static final int LATE = 300;

  @TempDir static Path folder;
  private static Rig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /** Sends events as they might come, some at a time. */
  private static void feed(
      final String topic, final int from, final int to, final int keys, final int pauseEvery)
      throws InterruptedException {
    for (int i = from; i < to; i++) {
      rig.send(topic, Rows.event(i, keys == 1 ? "" : "k" + i % keys));
      if (i % pauseEvery == 0) {
        rig.flush();
        Thread.sleep(20);
      }
    }
    rig.flush();
  }

  /** What a job that nothing disturbs says to the events of a topic. */
  private static List<String> undisturbed(final String name, final String events) throws Exception {
    final JobConfig config = rig.config(name, events, "kafka.bounded", "true");
    rig.runToEnd(config);
    return rig.read(name + "-predictions");
  }

  @Test
  void boundedJobPredictsEveryEventOnceAndEnds() throws Exception {
    final JobConfig config = rig.config("bounded", "bounded-events", "kafka.bounded", "true");
    feed("bounded-events", 0, 2_500, 1, 1_000);
    rig.runToEnd(config);
    final List<String> predictions = rig.read("bounded-predictions");
    assertEquals(Rows.ids(rig.read("bounded-events")), Rows.ids(predictions));
    assertTrue(predictions.get(0).contains("\"predicted\":null"), predictions.get(0));
    assertEquals(2, rig.read("bounded-metrics").size());
    assertEquals(0, rig.read("bounded-dead-letters").size());
  }

  @Test
  void learnerLeavesTheWritingOfPredictionsToAnotherThread() throws Exception {
    final TestStreamEnvironment environment = rig.environment();
    BraidTopology.build(environment, rig.config("threads", "threads-events"));
    final List<String> tasks =
        StreamSupport.stream(
                environment.getStreamGraph().getJobGraph().getVertices().spliterator(), false)
            .map(JobVertex::getName)
            .toList();
    assertTrue(
        tasks.stream().anyMatch(task -> task.startsWith("predictions: Writer")), tasks.toString());
    assertTrue(
        tasks.stream()
            .anyMatch(task -> task.startsWith("learner") && !task.contains("predictions")),
        tasks.toString());
  }

  @Test
  void killedTaskChangesNoBitOfThePredictions() throws Exception {
    final int events = 12_000;
    final JobConfig config = rig.config("killed", "killed-events");
    final JobClient job = rig.run(config, null);
    feed("killed-events", 0, 3_000, 1, 200);
    rig.await("killed-predictions", 2_000);
    feed("killed-events", 3_000, 5_000, 1, 200);
    rig.replaceTaskManager();
    feed("killed-events", 5_000, 8_000, 1, 200);
    rig.await("killed-predictions", 7_000);
    feed("killed-events", 8_000, 9_000, 1, 200);
    rig.replaceTaskManager();
    feed("killed-events", 9_000, events, 1, 200);
    rig.await("killed-predictions", events);
    assertTrue(rig.restarts(job) >= 2, "restarts: " + rig.restarts(job));
    rig.stop(job);
    assertEquals(undisturbed("killed-reference", "killed-events"), rig.read("killed-predictions"));
    assertEquals(events, rig.read("killed-predictions").size());
  }

  @Test
  void killedTaskChangesNoBitOfPredictedNumbers() throws Exception {
    final List<String> predictions =
        killedOnce("killed-numbers", BraidTopologyTest::feedNumbers, 2_000, 1_000, 4_000);
    assertTrue(predictions.get(3_999).contains("\"interval\":["), predictions.get(3_999));
  }

  private static void feedNumbers(final String topic, final int from, final int to) {
    for (int i = from; i < to; i++) {
      rig.send(topic, numbered(i));
    }
    rig.flush();
  }

  /**
   * A topic of changes has labels in one order with the events, so that two jobs can be compared.
   */
  @Test
  void killedTaskChangesNoBitOfNumbersWhoseLabelsComeLate() throws Exception {
    final int events = 2_400;
    final List<String> predictions =
        killedOnce(
            "killed-late",
            BraidTopologyTest::feedLateNumbers,
            1_300,
            900,
            events,
            "events.format",
            "debezium");
    final String last = predictions.get(events - 1);
    assertTrue(last.contains("\"interval\":["), last);
    assertTrue(last.contains("\"model_version\":" + (events - LATE - 1) + "}"), last);
  }

  private interface Feed {
    void send(String topic, int from, int to);
  }

  /**
   * What a job says of numbers whose task is killed once, which is what one says that nothing
   * disturbs.
   *
   * @param sent events sent before it is killed
   * @param predicted how many are predicted at least by then
   * @param events in all
   */
  private static List<String> killedOnce(
      final String name,
      final Feed feed,
      final int sent,
      final int predicted,
      final int events,
      final String... settings)
      throws Exception {
    final List<String> learner = new ArrayList<>(List.of(settings));
    learner.addAll(
        List.of(
            "schema.target",
            "numeric",
            "model.options.experts",
            "adaptive-model-tree*2+knn(50)+rls+mean"));
    final String topic = name + "-events";
    final JobClient job =
        rig.run(rig.configWithoutLearner(name, topic, learner.toArray(String[]::new)), null);
    feed.send(topic, 0, sent);
    rig.await(name + "-predictions", predicted);
    rig.replaceTaskManager();
    feed.send(topic, sent, events);
    rig.await(name + "-predictions", events);
    assertTrue(rig.restarts(job) >= 1, "restarts: " + rig.restarts(job));
    rig.stop(job);
    learner.addAll(List.of("kafka.bounded", "true"));
    final String reference = name + "-reference";
    rig.runToEnd(rig.configWithoutLearner(reference, topic, learner.toArray(String[]::new)));
    final List<String> predictions = rig.read(name + "-predictions");
    assertEquals(events, predictions.size());
    assertEquals(rig.read(reference + "-predictions"), predictions);
    return predictions;
  }

  private static void feedLateNumbers(final String topic, final int from, final int to) {
    for (int i = from; i < to; i++) {
      rig.send(topic, change("null", Rows.event(i, "", "e" + i, false), "c"));
      if (i >= LATE) {
        rig.send(topic, change("null", numbered(i - LATE), "u"));
      }
    }
    rig.flush();
  }

  private static String numbered(final int i) {
    return Rows.event(i, "").replace('"' + Rows.label(i) + '"', Rows.label(i, true));
  }

  @Test
  void savepointOfOtherModelsIsRefusedBeforeTheJobIsSubmitted() throws Exception {
    final JobConfig config = rig.config("other", "other-events");
    final JobClient first = rig.run(config, null);
    feed("other-events", 0, 100, 1, 200);
    rig.await("other-predictions", 100);
    final String savepoint = rig.stop(first);
    final TestStreamEnvironment environment = rig.environment(savepoint);
    final ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                BraidTopology.build(
                    environment, rig.config("other", "other-events", "model.seed", "7")));
    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "The models in the savepoint or checkpoint cannot go on with this configuration:"),
        refused.getMessage());
    assertTrue(refused.getMessage().contains("seed"), refused.getMessage());
    final ConfigException predictions =
        assertThrows(
            ConfigException.class,
            () ->
                BraidTopology.build(
                    environment,
                    rig.config(
                        "other",
                        "other-events",
                        "schema.numeric",
                        "a,b",
                        "schema.classes",
                        "low,high",
                        "dense.layer",
                        "expert=mlp*2")));
    assertTrue(
        predictions.getMessage().contains("heard no dense layer's predictions"),
        predictions.getMessage());
    BraidTopology.build(environment, config);
  }

  @Test
  void savepointResumesWithAnotherParallelism() throws Exception {
    final int keys = 9;
    final JobConfig one = rig.config("rescaled", "rescaled-events");
    final JobConfig two = rig.config("rescaled", "rescaled-events", "job.parallelism", "2");
    final JobClient first = rig.run(one, null);
    feed("rescaled-events", 0, 3_000, keys, 200);
    rig.await("rescaled-predictions", 1_500);
    final String savepoint = rig.stop(first);
    feed("rescaled-events", 3_000, 4_500, keys, 200);
    final JobClient second = rig.run(two, savepoint);
    feed("rescaled-events", 4_500, 6_000, keys, 200);
    rig.await("rescaled-predictions", 5_000);
    final String another = rig.stop(second);
    assertNotEquals(savepoint, another);
    final JobClient third = rig.run(one, another);
    feed("rescaled-events", 6_000, 8_000, keys, 200);
    rig.await("rescaled-predictions", 8_000);
    rig.stop(third);
    final List<String> predictions = rig.read("rescaled-predictions");
    assertEquals(8_000, new HashSet<>(Rows.ids(predictions)).size());
    // Models keep their order, but two subtasks write side by side.
    assertEquals(byKey(undisturbed("rescaled-reference", "rescaled-events")), byKey(predictions));
  }

  private static JobConfig divided(
      final String name, final String events, final int shards, final int parallelism) {
    return rig.configWithoutLearner(
        name,
        events,
        "model.options.experts",
        "adaptive-tree(subspace=leaf,split-confidence=0.01)*3+naive-bayes+last-label",
        "job.shards",
        Integer.toString(shards),
        "job.parallelism",
        Integer.toString(parallelism));
  }

  @Test
  void aModelInShardsChangesNoBitWhereItIsKilledOrMovesBetweenSlots() throws Exception {
    final String events = "divided-events";
    final JobClient first = rig.run(divided("divided", events, 3, 2), null);
    feed(events, 0, 2_000, 1, 200);
    rig.await("divided-predictions", 1_500);
    rig.replaceTaskManager();
    feed(events, 2_000, 4_000, 1, 200);
    rig.await("divided-predictions", 3_500);
    assertTrue(rig.restarts(first) >= 1, "restarts: " + rig.restarts(first));
    final JobClient second = rig.run(divided("divided", events, 3, 3), rig.stop(first));
    feed(events, 4_000, 5_000, 1, 200);
    rig.await("divided-predictions", 5_000);
    final String savepoint = rig.stop(second);
    assertEquals(
        "The models in the savepoint are divided, and job.shards is 1: set job.shards to what it"
            + " was, or start without the savepoint.",
        refusal(savepoint, divided("divided", events, 1, 1)));
    assertEquals(
        "The models in the savepoint or checkpoint have 3 shards, and job.shards is 2. Set"
            + " job.shards to 3, or start without the state.",
        refusal(savepoint, divided("divided", events, 2, 1)));
    final JobClient third = rig.run(divided("divided", events, 3, 1), savepoint);
    feed(events, 5_000, 6_000, 1, 200);
    rig.await("divided-predictions", 6_000);
    rig.stop(third);
    rig.runToEnd(
        rig.configWithoutLearner(
            "divided-reference",
            events,
            "model.options.experts",
            "adaptive-tree(subspace=leaf,split-confidence=0.01)*3+naive-bayes+last-label",
            "kafka.bounded",
            "true"));
    assertEquals(rig.read("divided-reference-predictions"), rig.read("divided-predictions"));
  }

  /** Why a savepoint is not gone on from, before anything runs. */
  private static String refusal(final String savepoint, final JobConfig config) {
    return assertThrows(
            ConfigException.class, () -> BraidTopology.build(rig.environment(savepoint), config))
        .getMessage();
  }

  private static Map<String, List<String>> byKey(final List<String> predictions) {
    return predictions.stream()
        .collect(
            Collectors.groupingBy(
                p -> p.replaceFirst(".*\"key\":\"([^\"]*)\".*", "$1"),
                TreeMap::new,
                Collectors.toList()));
  }

  @Test
  void gaugesStandAgainAfterARestartBeforeAnyEvent() throws Exception {
    final JobConfig config = rig.config("gauges", "gauges-events", "metrics.every", "1000");
    final JobClient first = rig.run(config, null);
    feed("gauges-events", 0, 1_000, 1, 1_000);
    rig.await("gauges-metrics", 1);
    final JobClient second = rig.run(config, rig.stop(first));
    for (int tries = 0;
        tries < 300 && rig.gauges(second).getOrDefault("events", 0).longValue() == 0;
        tries++) {
      Thread.sleep(100);
    }
    final Map<String, Number> gauges = rig.gauges(second);
    rig.stop(second);
    final String record = rig.read("gauges-metrics").get(0);
    for (final String name :
        List.of("events", "labelled", "accuracy", "kappa_m", "weight_entropy")) {
      assertTrue(record.contains("\"" + name + "\":" + gauges.get(name)), name + record + gauges);
    }
    assertTrue(record.contains("\"drifts\":" + gauges.get("drift_count")), record + gauges);
    assertTrue(gauges.get("state_bytes").longValue() > 0);
    assertEquals(
        1,
        IntStream.range(0, 4)
            .mapToDouble(
                e -> gauges.get("expert.hoeffding-tree-" + (e + 1) + ".share").doubleValue())
            .sum(),
        1e-9);
  }

  @Test
  void labelsOfTheirOwnTopicMeetTheirEvents() throws Exception {
    final JobConfig config =
        rig.config(
            "late", "late-events", "kafka.labels-topic", "late-labels", "metrics.every", "1");
    final JobClient job = rig.run(config, null);
    for (int i = 0; i < 500; i++) {
      rig.send("late-events", Rows.event(i, "", "e" + i, false));
    }
    rig.flush();
    rig.await("late-predictions", 500);
    for (int i = 0; i < 500; i++) {
      rig.send("late-labels", "{\"id\":\"e" + i + "\",\"label\":\"" + Rows.label(i) + "\"}");
    }
    rig.flush();
    for (int i = 500;
        rig.read("late-metrics").stream().noneMatch(m -> m.contains("\"labelled\":500"));
        i++) {
      rig.send("late-events", Rows.event(i, "", "e" + i, false));
      rig.flush();
      Thread.sleep(100);
    }
    rig.stop(job);
    assertEquals(0, rig.read("late-dead-letters").size());
    assertEquals(
        IntStream.range(0, 500).mapToObj(i -> "e" + i).toList(),
        Rows.ids(rig.read("late-predictions")).subList(0, 500));
  }

  @Test
  void aTopicOfChangesTeachesAsLabelledEventsDo() throws Exception {
    final JobClient changes =
        rig.run(rig.config("cdc", "cdc-events", "events.format", "debezium"), null);
    final JobClient labelled = rig.run(rig.config("plain", "plain-events"), null);
    for (int i = 0; i < 400; i++) {
      rig.send("plain-events", Rows.event(i, "k"));
      rig.send("cdc-events", change("null", Rows.event(i, "k", "e" + i, false), "c"));
      rig.send("cdc-events", change("null", Rows.event(i, "k"), "u"));
    }
    rig.send("cdc-events", change(Rows.event(0, "k"), "null", "d"));
    rig.flush();
    rig.await("cdc-predictions", 400);
    rig.await("plain-predictions", 400);
    rig.await("cdc-dead-letters", 1);
    rig.stop(changes);
    rig.stop(labelled);
    assertEquals(rig.read("plain-predictions"), rig.read("cdc-predictions"));
    assertEquals(1, rig.read("cdc-dead-letters").size());
  }

  private static String change(final String before, final String after, final String op) {
    return "{\"before\":" + before + ",\"after\":" + after + ",\"op\":\"" + op + "\"}";
  }
}
