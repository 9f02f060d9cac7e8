package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.data.Schema;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.serve.ServeOptions;
import dev.braid.jobs.serve.ServeServer;
import dev.braid.jobs.sql.ModelSource;
import dev.braid.router.Learner;
import dev.braid.router.Prediction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
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
  private static final int LEARNED = 300;

  /** The long form is what the figures in docs/serving.md are of. */
  private static final boolean LONG = Boolean.getBoolean("braid.long");

  @TempDir static Path folder;
  private static Rig rig;
  private static JobConfig learned;
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
    return serve(config, ServeOptions.defaults());
  }

  private static ServeServer serve(final JobConfig config, final ServeOptions options)
      throws Exception {
    return ServeServer.start(rig.kafka(), config.kafka().modelsTopic(), config.fields(), options);
  }

  /** A job that has come to its end; run once. */
  private static synchronized JobConfig learned() throws Exception {
    if (learned == null) {
      final JobConfig config = config("learned", "kafka.bounded", "true");
      feed("learned", 0, LEARNED);
      rig.runToEnd(config);
      learned = config;
    }
    return learned;
  }

  private void awaitReady(final ServeServer server) throws Exception {
    for (int tries = 0; get(server, "/health").statusCode() != 200; tries++) {
      assertTrue(tries < 3_000, "not ready in a minute");
      Thread.sleep(20);
    }
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
      awaitReady(server);
      for (final String row : rows(KEYS)) {
        predict(server, row); // What is in use is made ready before it takes its place.
      }
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

  /** And so does a model of SQL. */
  @Test
  void replicaAnswersWhileTheBrokerIsAwayAndGoesOnWithIt() throws Exception {
    final JobConfig config = config("away");
    final JobClient job = rig.run(config, null);
    try (ServeServer server = serve(config);
        ModelSource ofSql = ModelSource.of(place(config, "k0"), 1)) {
      feed("away", 0, 300);
      awaitLabels(server, 300);
      final String row = rows(1).get(0);
      final String before = predict(server, row).body();
      final Learner old = ofSql.open();
      assertEquals(JSON.readTree(before).get("probabilities"), probabilities(old, row));
      rig.stopBroker();
      assertEquals(before, predict(server, row).body());
      assertNull(ofSql.another());
      rig.restartBroker();
      feed("away", 300, 600);
      awaitLabels(server, 600);
      final JsonNode after = JSON.readTree(predict(server, row).body());
      assertEquals(200, after.get("model_version").asInt());
      Learner last = old;
      for (int tries = 0;
          tries < 1_000 && !probabilities(last, row).equals(after.get("probabilities"));
          tries++) {
        Thread.sleep(20);
        final Learner newer = ofSql.another();
        last = newer == null ? last : newer;
      }
      assertEquals(after.get("probabilities"), probabilities(last, row));
      rig.stop(job);
    }
  }

  private static String place(final JobConfig config, final String key) {
    return "kafka://"
        + rig.kafka().bootstrapServers()
        + "/"
        + config.kafka().modelsTopic()
        + "?key="
        + key;
  }

  /** What a learner says of a row, by class. */
  private static JsonNode probabilities(final Learner learner, final String row) throws Exception {
    final JsonNode features = JSON.readTree(row).get("features");
    final Schema schema = learner.schema();
    final double[] x = new double[schema.features().size()];
    for (int f = 0; f < x.length; f++) {
      final JsonNode value = features.get(schema.features().get(f).name());
      x[f] = value.isTextual() ? schema.valueIndex(f, value.asText()) : value.asDouble();
    }
    final Prediction prediction = new Prediction();
    learner.predict(x, prediction);
    final Map<String, Double> said = new TreeMap<>();
    for (int c = 0; c < schema.classes().size(); c++) {
      said.put(schema.classes().get(c), prediction.probabilities()[c]);
    }
    return JSON.valueToTree(said);
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
    final ServeOptions usual = ServeOptions.defaults();
    final String body = "[" + String.join(",", rows(30)) + "]";
    try (ServeServer roomy = serve(learned(), usual);
        ServeServer narrow = serve(learned(), usual.holding(usual.chunkBytes(), 1))) {
      awaitLabels(roomy, LEARNED);
      awaitLabels(narrow, LEARNED);
      assertEquals(predict(roomy, body).body(), predict(narrow, body).body());
      final String figures = get(narrow, "/metrics").body();
      assertTrue(figures.contains("braid_serve_learner_bytes 0\n"), figures);
      assertTrue(figures.contains("braid_serve_restores_total 30\n"), figures);
    }
  }

  @Test
  void modelsBeyondTheBoundAreNotServedAndSaidToBeTooLarge() throws Exception {
    final ServeOptions usual = ServeOptions.defaults();
    try (ServeServer server = serve(learned(), usual.holding(100, usual.learnerBytes()))) {
      awaitReady(server);
      final HttpResponse<String> answer = predict(server, rows(1).get(0));
      assertEquals(503, answer.statusCode());
      assertEquals(
          "{\"error\":\"model 'k0' is too large for this replica's --model-memory\"}",
          answer.body());
      assertEquals(KEYS, JSON.readTree(get(server, "/health").body()).get("left_out").asInt());
      final String figures = get(server, "/metrics").body();
      assertTrue(figures.contains("braid_serve_left_out_models " + KEYS + "\n"), figures);
      assertTrue(figures.contains("braid_serve_waiting_records 0\n"), figures);
    }
  }

  @Test
  void modelsOfNumbersAreServed() throws Exception {
    final JobConfig config =
        rig.configWithoutLearner(
            "numbers",
            "numbers-events",
            "kafka.models-topic",
            "numbers-models",
            "schema.target",
            "numeric",
            "kafka.bounded",
            "true");
    for (int i = 0; i < LEARNED; i++) {
      final double a = i % 17 / 16.0;
      rig.send(
          "numbers-events",
          "{\"id\":\"e" + i + "\",\"features\":{\"a\":" + a + "},\"label\":" + 3 * a + "}");
    }
    rig.flush();
    rig.runToEnd(config);
    try (ServeServer server = serve(config)) {
      awaitLabels(server, LEARNED);
      final JsonNode said = JSON.readTree(predict(server, "{\"features\":{\"a\":0.5}}").body());
      assertEquals(1.5, said.get("predicted").asDouble(), 0.5, said::toString);
      assertTrue(said.get("interval").get(0).asDouble() <= said.get("predicted").asDouble());
      assertEquals(LEARNED, said.get("model_version").asInt());
      final JsonNode model = JSON.readTree(get(server, "/models/").body());
      assertEquals("number", model.get("target").asText(), model::toString);
    }
  }

  /** In SQL, a model that does not learn may be one that a job publishes. */
  @Test
  @SuppressWarnings("try") // Nothing interrupts a test.
  void sqlPredictsWithAModelOfTheTopicAsTheReplicaDoes() throws Exception {
    final StreamTableEnvironment tables = StreamTableEnvironment.create(rig.environment());
    tables.executeSql(
        "CREATE TEMPORARY MODEL m INPUT (a DOUBLE, b DOUBLE, c STRING)"
            + " OUTPUT (predicted STRING, probabilities MAP<STRING, DOUBLE>)"
            + " WITH ('provider' = 'braid', 'reload' = '50 ms', 'image' = '"
            + place(learned(), "k1")
            + "')");
    try (ServeServer server = serve(learned());
        CloseableIterator<Row> predicted =
            tables
                .executeSql(
                    "SELECT predicted, probabilities FROM ML_PREDICT("
                        + "(SELECT * FROM (VALUES (25E-2, 5E-1, 'v1'), (75E-2, 125E-3, 'v3'))"
                        + " AS rows_(a, b, c)), MODEL m, DESCRIPTOR(a, b, c))")
                .collect()) {
      awaitLabels(server, LEARNED);
      for (final String features :
          List.of("{\"a\":0.25,\"b\":0.5,\"c\":\"v1\"}", "{\"a\":0.75,\"b\":0.125,\"c\":\"v3\"}")) {
        final JsonNode served =
            JSON.readTree(predict(server, "{\"key\":\"k1\",\"features\":" + features + "}").body());
        final Row row = predicted.next();
        assertEquals(served.get("predicted").asText(), row.getField("predicted"));
        final Map<String, Double> probabilities = row.getFieldAs("probabilities");
        assertEquals(served.get("probabilities"), JSON.valueToTree(new TreeMap<>(probabilities)));
      }
    }
  }

  @Test
  void placeThatIsNoTopicIsToldInOneSentence() {
    final IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> ModelSource.of("kafka:models", 0));
    assertTrue(
        refused.getMessage().contains("kafka://host:9092/topic?key=KEY"), refused.getMessage());
  }

  @Test
  void topicThatCannotHoldModelsIsRefusedAtTheStart() {
    try (Topics topics = Topics.connect(rig.kafka(), Duration.ofSeconds(30))) {
      topics.create(List.of(TopicSpec.of("wide", 2)));
    }
    final JobConfig config = config("refused", "kafka.models-topic", "wide");
    final BrokerException refused =
        assertThrows(BrokerException.class, () -> BraidTopology.build(rig.environment(), config));
    assertTrue(
        refused.getMessage().contains("has 2 partitions and cleanup.policy 'delete'"),
        refused.getMessage());
  }

  /** What hurts: does something to a server. */
  private interface Hostility {
    void against(ServeServer server) throws Exception;
  }

  private void hurtsNobody(final ServeOptions options, final Hostility hostility) throws Exception {
    try (ServeServer server = serve(learned(), options)) {
      awaitReady(server);
      final GoodClient good = new GoodClient(server.address(), rows(1).get(0));
      try {
        Thread.sleep(200);
        hostility.against(server);
        good.awaitAnswers(50);
      } finally {
        good.stop();
      }
      System.out.println(
          "serve, "
              + Thread.currentThread().getStackTrace()[2].getMethodName()
              + ": "
              + good.end(LONG ? 5 : 100));
      assertEquals(200, get(server, "/health").statusCode());
    }
  }

  private static List<HttpSocket> open(final ServeServer server, final int count) throws Exception {
    final List<HttpSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new HttpSocket(server.address()));
    }
    return sockets;
  }

  private static void close(final List<HttpSocket> sockets) throws Exception {
    for (final HttpSocket socket : sockets) {
      socket.close();
    }
  }

  private static ServeOptions bearing(final int clients, final Duration patience) {
    final ServeOptions usual = ServeOptions.defaults();
    return new ServeOptions(
        usual.bind(),
        usual.port(),
        usual.chunkBytes(),
        usual.learnerBytes(),
        usual.bodyBytes(),
        usual.largeBytes(),
        clients,
        patience,
        usual.idle());
  }

  /** A byte now and then keeps no connection longer than the whole request may take. */
  @Test
  void slowBodiesAreCutOff() throws Exception {
    hurtsNobody(
        bearing(1_000, Duration.ofSeconds(1)),
        server -> {
          final List<HttpSocket> sockets = open(server, 200);
          for (final HttpSocket socket : sockets) {
            socket.send(HttpSocket.head(1_000));
          }
          for (int i = 0; i < 4; i++) {
            Thread.sleep(200);
            for (final HttpSocket socket : sockets) {
              socket.send(" ");
            }
          }
          for (final HttpSocket socket : sockets) {
            assertTrue(socket.isClosedByServer());
          }
          close(sockets);
        });
  }

  @Test
  void hugeBodiesAreRefusedAtTheirHeadOrAtTheBound() throws Exception {
    hurtsNobody(
        ServeOptions.defaults(),
        server -> {
          try (HttpSocket told = new HttpSocket(server.address())) {
            assertTrue(told.send(HttpSocket.head(100 << 20)).answer().startsWith("413 "));
          }
          try (HttpSocket untold = new HttpSocket(server.address())) {
            untold.send(
                "POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            final byte[] chunk = new byte[100_000];
            long sent = 0;
            try {
              for (; sent < 100 << 20; sent += chunk.length) {
                untold.send("186a0\r\n").send(chunk).send("\r\n");
              }
            } catch (final java.io.IOException closed) {
              // As it should be.
            }
            assertTrue(sent < 20 << 20, "the server took " + sent + " bytes");
          }
        });
  }

  @Test
  void connectionsBeyondTheBoundCloseThoseThatSayNothing() throws Exception {
    hurtsNobody(
        bearing(LONG ? 1_000 : 100, Duration.ofSeconds(10)),
        server -> {
          final List<HttpSocket> sockets = open(server, LONG ? 10_000 : 400);
          assertTrue(sockets.get(0).isClosedByServer());
          final String figures = get(server, "/metrics").body();
          assertTrue(
              figures.contains("braid_serve_connections " + (LONG ? 1_000 : 100) + "\n"), figures);
          close(sockets);
        });
  }

  @Test
  void deepJsonIsRefused() throws Exception {
    hurtsNobody(
        ServeOptions.defaults(),
        server -> {
          final String deep = "[".repeat(500_000);
          for (final String body :
              List.of(
                  deep, "{\"key\":\"k0\",\"features\":{\"a\":" + deep, "{\"a\":".repeat(100_000))) {
            final HttpResponse<String> answer = predict(server, body);
            assertEquals(400, answer.statusCode(), answer::body);
            assertTrue(answer.body().length() < 500, answer::body);
          }
        });
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
    hurtsNobody(
        ServeOptions.defaults(),
        server -> {
          final List<String> rows = rows(500);
          final StringBuilder all = new StringBuilder();
          rows.forEach(row -> all.append(HttpSocket.request(row)));
          try (HttpSocket socket = new HttpSocket(server.address())) {
            socket.send(all.toString());
            for (int i = 0; i < rows.size(); i++) {
              final String answer = socket.answer();
              assertEquals("q" + i, JSON.readTree(answer.substring(4)).get("id").asText());
            }
          }
        });
  }

  /** Large requests wait for one another, and answers that nobody takes are dropped. */
  @Test
  void largeRequestsAndUnreadAnswersDelayNoSmallOne() throws Exception {
    hurtsNobody(
        bearing(1_000, Duration.ofSeconds(2)),
        server -> {
          final String row = rows(1).get(0);
          final int count = Math.min(9_000, 1_000_000 / (row.length() + 1));
          final String many =
              HttpSocket.request("[" + String.join(",", Collections.nCopies(count, row)) + "]");
          final List<HttpSocket> sockets = open(server, 6);
          for (final HttpSocket socket : sockets) {
            socket.send(many);
          }
          final String first = sockets.get(0).answer();
          assertTrue(first.startsWith("200 ["), first);
          Thread.sleep(LONG ? 10_000 : 500);
          close(sockets);
        });
  }

  @Test
  void whatIsNoRequestOfThisMachineIsRefused() throws Exception {
    hurtsNobody(
        ServeOptions.defaults(),
        server -> {
          try (HttpSocket socket = new HttpSocket(server.address())) {
            socket.send("GET /health HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n");
            assertTrue(socket.answer().startsWith("403 "));
          }
          try (HttpSocket socket = new HttpSocket(server.address())) {
            socket.send("\u0000\u0001 nonsense\r\n\r\n");
            assertTrue(socket.answer().startsWith("400 "));
            assertTrue(socket.isClosedByServer());
          }
        });
  }
}
