package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.serve.ServeOptions;
import dev.braid.jobs.serve.ServeServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas of a job's models over a real broker, a real cluster and real sockets. */
@Timeout(300)
class ServeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEYS = 3;

  @TempDir static Path folder;
  private static Rig rig;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static JobConfig config(final String name, final String... more) {
    final List<String> values =
        new ArrayList<>(List.of("kafka.models-topic", name + "-models", "state.pack-below", "0 b"));
    values.addAll(List.of(more));
    return rig.config(name, name + "-events", values.toArray(String[]::new));
  }

  private static void feed(final String name, final int from, final int to) {
    for (int i = from; i < to; i++) {
      rig.send(name + "-events", Rows.event(i, "k" + i % KEYS));
    }
    rig.flush();
  }

  private static ServeServer serve(final JobConfig config) throws Exception {
    return ServeServer.start(
        rig.kafka(), config.kafka().modelsTopic(), config.fields(), ServeOptions.defaults());
  }

  private HttpResponse<String> get(final ServeServer server, final String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> predict(final ServeServer server, final String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.address() + "/predict"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Waits until the models together have learned from so many labels. */
  private void awaitLabels(final ServeServer server, final int labels) throws Exception {
    final long deadline = System.currentTimeMillis() + 60_000;
    long seen = -1;
    while (seen != labels) {
      final HttpResponse<String> answer = get(server, "/models");
      seen = 0;
      for (final JsonNode model : JSON.readTree(answer.body()).get("models")) {
        seen += model.get("model_version").asLong();
      }
      assertTrue(System.currentTimeMillis() < deadline, answer::body);
      Thread.sleep(20);
    }
  }

  /** Events without labels, and what the job says to them once it goes on from the savepoint. */
  private List<String> askedOfTheJob(
      final JobConfig config, final String savepoint, final List<String> rows) throws Exception {
    final int before = rig.read(config.kafka().predictionsTopic()).size();
    final JobClient job = rig.run(config, savepoint);
    rows.forEach(row -> rig.send(config.kafka().eventsTopic(), row));
    rig.flush();
    rig.await(config.kafka().predictionsTopic(), before + rows.size());
    rig.stop(job);
    final List<String> all = rig.read(config.kafka().predictionsTopic());
    return all.subList(before, all.size());
  }

  private static List<String> rows(final int count) {
    final List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(Rows.event(10_000 + i, "k" + i % KEYS, "q" + i, false));
    }
    return rows;
  }

  @Test
  void servedPredictionsAreThoseOfTheJobThroughTheLossOfItsTaskManager() throws Exception {
    final JobConfig config = config("kill");
    final JobClient job = rig.run(config, null);
    try (ServeServer server = serve(config)) {
      feed("kill", 0, 900);
      rig.await("kill-predictions", 900);
      rig.replaceTaskManager();
      feed("kill", 900, 1_500);
      rig.await("kill-predictions", 1_500);
      final String savepoint = rig.stop(job);
      awaitLabels(server, 1_500);
      final List<String> rows = rows(60);
      final List<String> one = new ArrayList<>();
      for (final String row : rows) {
        one.add(predict(server, row).body());
      }
      final String many = predict(server, "[" + String.join(",\n", rows) + "]").body();
      final List<String> ofTheJob = askedOfTheJob(config, savepoint, rows);
      assertEquals(ofTheJob, one);
      assertEquals("[" + String.join(",", ofTheJob) + "]", many);
      // Another run published all anew; another replica starts from the topic.
      try (ServeServer another = serve(config)) {
        awaitLabels(another, 1_500);
        assertEquals(many, predict(another, "[" + String.join(",", rows) + "]").body());
      }
    }
  }

  @Test
  void replicaAnswersWhileTheBrokerIsAwayAndGoesOnWithIt() throws Exception {
    final JobConfig config = config("away");
    final JobClient job = rig.run(config, null);
    try (ServeServer server = serve(config)) {
      feed("away", 0, 300);
      awaitLabels(server, 300);
      final String row = rows(1).get(0);
      final String before = predict(server, row).body();
      rig.stopBroker();
      assertEquals(before, predict(server, row).body());
      rig.restartBroker();
      feed("away", 300, 600);
      awaitLabels(server, 600);
      final JsonNode after = JSON.readTree(predict(server, row).body());
      assertEquals(200, after.get("model_version").asInt());
      rig.stop(job);
    }
  }

  @Test
  void endpointsSayWhatTheyServe() throws Exception {
    final JobConfig config = config("ends", "kafka.bounded", "true");
    feed("ends", 0, 300);
    try (ServeServer server = serve(config)) {
      assertEquals(503, get(server, "/health").statusCode());
      assertEquals(503, predict(server, rows(1).get(0)).statusCode());
      rig.runToEnd(config);
      awaitLabels(server, 300);
      final HttpResponse<String> health = get(server, "/health");
      assertEquals(200, health.statusCode());
      assertEquals("serving", JSON.readTree(health.body()).get("status").asText());
      final JsonNode model = JSON.readTree(get(server, "/models/k1").body());
      assertEquals(100, model.get("model_version").asInt());
      assertEquals("a", model.get("features").get(0).get("name").asText());
      assertEquals(2, model.get("classes").size());
      assertEquals(4, model.get("experts").size());
      assertEquals(404, get(server, "/models/nobody").statusCode());
      assertEquals(404, get(server, "/nothing").statusCode());
      assertEquals(405, get(server, "/predict").statusCode());
      assertTrue(get(server, "/").body().contains("POST /predict"));
      assertTrue(JSON.readTree(get(server, "/openapi.json").body()).get("paths").has("/predict"));
      final HttpResponse<String> unknown = predict(server, "{\"key\":\"no\",\"a\":1}");
      assertEquals(404, unknown.statusCode());
      assertEquals("{\"error\":\"there is no model 'no'\"}", unknown.body());
      assertEquals(400, predict(server, "{\"key\":").statusCode());
      assertEquals(400, predict(server, "[{},").statusCode());
      assertEquals(400, predict(server, "").statusCode());
      final JsonNode mixed =
          JSON.readTree(predict(server, "[" + rows(1).get(0) + ", 3, \"text\", {}]").body());
      assertEquals(4, mixed.size());
      assertEquals("q0", mixed.get(0).get("id").asText());
      for (int i = 1; i < 4; i++) {
        assertTrue(mixed.get(i).has("error"), mixed::toString);
      }
      final String figures = get(server, "/metrics").body();
      assertTrue(figures.contains("braid_serve_models 3\n"), figures);
      assertTrue(figures.contains("braid_serve_age_seconds "), figures);
      assertTrue(figures.contains("braid_serve_requests_total{status=\"404\"} 3\n"), figures);
    }
  }

  @Test
  void learnersBeyondTheBoundComeBackFromTheirChunks() throws Exception {
    final JobConfig config = config("bound", "kafka.bounded", "true");
    feed("bound", 0, 300);
    rig.runToEnd(config);
    final ServeOptions usual = ServeOptions.defaults();
    final ServeOptions tight =
        new ServeOptions(
            usual.bind(),
            0,
            1,
            usual.bodyBytes(),
            usual.allBodyBytes(),
            usual.connections(),
            usual.patience(),
            usual.idle());
    final String body = "[" + String.join(",", rows(30)) + "]";
    try (ServeServer roomy = serve(config);
        ServeServer narrow =
            ServeServer.start(
                rig.kafka(), config.kafka().modelsTopic(), config.fields(), tight)) {
      awaitLabels(roomy, 300);
      awaitLabels(narrow, 300);
      assertEquals(predict(roomy, body).body(), predict(narrow, body).body());
      final String figures = get(narrow, "/metrics").body();
      assertTrue(figures.contains("braid_serve_learner_bytes 0\n"), figures);
      assertTrue(figures.contains("braid_serve_restores_total 30\n"), figures);
    }
  }

  @Test
  void topicThatCannotHoldModelsIsRefusedAtTheStart() {
    try (Topics topics = Topics.connect(rig.kafka(), Duration.ofSeconds(30))) {
      topics.create(List.of(TopicSpec.of("wide", 2)));
    }
    final JobConfig config = config("refused", "kafka.models-topic", "wide");
    final BrokerException refused =
        assertThrows(
            BrokerException.class, () -> BraidTopology.build(rig.environment(), config));
    assertTrue(
        refused.getMessage().contains("has 2 partitions and cleanup.policy 'delete'"),
        refused.getMessage());
  }
}
