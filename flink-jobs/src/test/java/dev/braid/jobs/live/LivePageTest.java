package dev.braid.jobs.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.cli.LocalCluster;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.demo.Chromium;
import dev.braid.jobs.topology.BraidTopology;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, over a real broker and a real job. */
@Timeout(300)
class LivePageTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a page must never take for markup. */
  private static final String HOSTILE = "<img src=x onerror=\"document.title='taken'\">";

  private static final String CALM = "calm";
  private static final int EVENTS = 2_000;
  private static final int MALFORMED = 7;

  /** What panels of numbers need. */
  private static final List<String> NOT_OF_CLASSES =
      List.of("window_mae", "window_coverage", "window_rmse", "window_r2");

  private static final String ALARM_PIXELS =
      """
      (() => {
        const canvas = document.querySelector("#accuracy canvas");
        const p = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let red = 0;
        for (let i = 0; i < p.length; i += 4) {
          red += p[i + 3] > 100 && p[i] > 180 && p[i + 1] < 90 && p[i + 2] < 90 ? 1 : 0;
        }
        return red;
      })()
      """;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Future<RecordMetadata>> writes = new ArrayList<>();
  private int sent;

  private static JobConfig config(final LocalBroker broker) {
    return JobConfig.of(
        Map.of(
            "kafka.bootstrap-servers", broker.bootstrapServers(),
            "kafka.start", "earliest",
            "job.parallelism", "1",
            "checkpoints.interval", "500 ms",
            "metrics.every", "100",
            "metrics.importance-every", "5"));
  }

  /** Half of the events turn to the opposite class at half of the way, those of one model. */
  private void send(final KafkaProducer<byte[], byte[]> producer, final int events)
      throws Exception {
    for (int i = 0; i < events; i++) {
      for (final String key : List.of(HOSTILE, CALM)) {
        final ObjectNode event = JSON.createObjectNode();
        final double x = random.nextDouble();
        final boolean turned = key.equals(HOSTILE) && i > EVENTS / 2;
        event.put("id", "e" + sent++).put("key", key).put("ts", System.currentTimeMillis());
        event.putObject("features").put(HOSTILE, x).put("noise", random.nextDouble());
        event.put("label", x > 0.5 == turned ? "</script><b>no" : "yes");
        write(producer, event.toString());
      }
    }
    written(producer);
  }

  private void write(final KafkaProducer<byte[], byte[]> producer, final String json) {
    writes.add(producer.send(new ProducerRecord<>("events", utf8(json))));
  }

  private void written(final KafkaProducer<byte[], byte[]> producer) throws Exception {
    producer.flush();
    for (final Future<RecordMetadata> write : writes) {
      assertTrue(write.get().hasOffset());
    }
    writes.clear();
  }

  private static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<JsonNode> records(
      final LocalBroker broker, final String topic, final String key) {
    final List<JsonNode> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(KafkaCluster.at(broker.bootstrapServers()), topic)) {
      reader.readToEnd(
          record -> {
            try {
              final JsonNode json = JSON.readTree(record.value());
              if (json.path("key").asText().equals(key)) {
                records.add(json);
              }
            } catch (final java.io.IOException malformed) {
              throw new AssertionError(malformed);
            }
          });
    }
    return records;
  }

  private static String quoted(final String text) throws Exception {
    return JSON.writeValueAsString(text);
  }

  private static String figure(final String name) {
    return "[data-figure='" + name + "'] dd";
  }

  private static String percent(final JsonNode value) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * value.asDouble());
  }

  @Test
  void showsWhatTheTopicsSayAndComesBackWhenItsServerDoes() throws Exception {
    final Optional<Chromium> browser = Chromium.find();
    assumeTrue(browser.isPresent(), "no Chromium on the path to open the live page in");
    try (LocalBroker broker = LocalBroker.start();
        LocalCluster cluster =
            LocalCluster.start(folder.resolve("flink"), 1, "0", LocalCluster.MANAGED);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                KafkaCluster.at(broker.bootstrapServers()).client(Map.of()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      createTopics(broker);
      final JobConfig config = config(broker);
      final StreamExecutionEnvironment environment = cluster.environment();
      BraidTopology.build(environment, config);
      final var job = environment.executeAsync("live");
      send(producer, EVENTS);
      for (int i = 0; i < MALFORMED; i++) {
        write(producer, "{\"id\":\"e" + i + "\"}");
      }
      written(producer);

      LivePage page = LivePage.start(config, "0");
      final String port = Integer.toString(URI.create(page.address()).getPort());
      try (Tab tab =
          Tab.open(browser.get(), Files.createDirectory(folder.resolve("b")), page.address())) {
        choose(tab, "img", HOSTILE);
        allOf(tab, EVENTS);
        showsTheRecords(tab, broker);
        marksTheDrift(tab, broker);
        everythingIsDrawn(tab);

        tab.size(390, 844, true);
        assertFalse(
            tab.value("document.documentElement.scrollWidth > innerWidth").asBoolean(),
            "a phone has to scroll sideways");

        page.close();
        tab.await("document.getElementById('status').dataset.state === 'lost'");
        page = LivePage.start(config, port);
        tab.await("document.getElementById('status').dataset.state === 'live'");
        allOf(tab, EVENTS);
        send(producer, 300);
        allOf(tab, EVENTS + 300);
        showsTheRecords(tab, broker);

        choose(tab, "CAL", CALM);
        allOf(tab, EVENTS + 300);
        tab.await(
            "document.querySelectorAll('#alarms li.alarm').length === "
                + records(broker, "drift", CALM).stream().filter(LivePageTest::isAlarm).count());

        assertEquals("Braid: " + CALM, tab.value("document.title").asText());
        assertEquals(0, tab.value("document.images.length").asInt(), "a name became markup");
        assertEquals(List.of(), tab.errors());
        assertFalse(tab.value("'failure' in document.documentElement.dataset").asBoolean());
      } finally {
        page.close();
      }
      job.cancel().get();
    }
  }

  private static void createTopics(final LocalBroker broker) {
    try (Topics topics =
        Topics.connect(KafkaCluster.at(broker.bootstrapServers()), Duration.ofSeconds(30))) {
      topics.create(
          Stream.of("events", "predictions", "metrics", "drift", "dead-letters")
              .map(name -> TopicSpec.of(name, 1))
              .toList());
    }
  }

  private static boolean isAlarm(final JsonNode drift) {
    return drift.path("kind").asText().equals("alarm");
  }

  /** By keyboard: finds a key, takes the first one of the list. */
  private static void choose(final Tab tab, final String search, final String key)
      throws Exception {
    tab.await("document.documentElement.dataset.ready === 'true'");
    // The job may not have told of all models yet.
    tab.await(
        "fetch('/models').then((r) => r.json()).then((m) => m.models.some((o) => o.key === "
            + quoted(key)
            + "))");
    tab.value("document.getElementById('key').blur()");
    tab.value("document.getElementById('key').focus()");
    tab.type(search);
    // A closed list still holds what was found last.
    tab.await(
        "!document.getElementById('keys').hidden"
            + " && document.querySelectorAll('#keys li').length === 1");
    tab.press("ArrowDown", 40);
    tab.press("Enter", 13);
    tab.await("document.getElementById('key').value === " + quoted(key));
  }

  private static void allOf(final Tab tab, final int events) throws Exception {
    awaitText(tab, figure("events"), String.format(Locale.ROOT, "%,d", events));
  }

  private static void awaitText(final Tab tab, final String selector, final String text)
      throws Exception {
    tab.await("document.querySelector(" + quoted(selector) + ")?.textContent === " + quoted(text));
  }

  private static void showsTheRecords(final Tab tab, final LocalBroker broker) throws Exception {
    final List<JsonNode> metrics = records(broker, "metrics", HOSTILE);
    final JsonNode last = metrics.get(metrics.size() - 1);
    assertEquals(percent(last.path("accuracy")), tab.text(figure("accuracy")));
    assertEquals(percent(last.path("window_accuracy")), tab.text(figure("accuracy, interval")));
    assertEquals(decimal(last.path("kappa")), tab.text(figure("kappa")));
    assertEquals(decimal(last.path("log_loss")), tab.text(figure("log loss")));
    assertEquals(last.path("drifts").asText(), tab.text(figure("drift alarms")));
    // Each topic is committed by itself.
    awaitText(tab, figure("dead letters"), Integer.toString(MALFORMED));
    assertEquals(MALFORMED + "the event has no features", tab.text("#letters"));
    for (final String plot : List.of("accuracy", "kappa", "loss")) {
      assertEquals(
          metrics.size(),
          tab.value("Number(document.getElementById('" + plot + "').dataset.points)").asInt());
    }
    final List<String> counts = new ArrayList<>();
    last.path("confusion").path("counts").forEach(row -> row.forEach(n -> counts.add(shown(n))));
    assertEquals(
        JSON.valueToTree(counts),
        tab.value(
            "[...document.querySelectorAll('#confusion tbody tr')]"
                + ".flatMap((r) => [...r.children].slice(1, -1).map((c) => c.textContent))"));
    final List<String> features = new ArrayList<>();
    last.path("feature_importance").fieldNames().forEachRemaining(features::add);
    assertEquals(HOSTILE, features.get(0), "the label follows this feature");
    assertEquals(JSON.valueToTree(features), names(tab, "importance"));
    final List<String> weights = new ArrayList<>();
    last.path("expert_weight")
        .forEach(w -> weights.add(String.format(Locale.ROOT, "%.1f %%", 100 * w.asDouble())));
    weights.sort(null);
    final List<String> shownWeights = new ArrayList<>();
    tab.value("[...document.querySelectorAll('#deciders .values li')].map((l) => l.textContent)")
        .forEach(w -> shownWeights.add(w.asText()));
    shownWeights.sort(null);
    assertEquals(weights, shownWeights);
  }

  private static JsonNode names(final Tab tab, final String heat) throws Exception {
    return tab.value(
        "[...document.querySelectorAll('#" + heat + " .names li')].map((l) => l.textContent)");
  }

  private static String shown(final JsonNode count) {
    return String.format(Locale.ROOT, "%,d", count.asLong());
  }

  private static String decimal(final JsonNode value) {
    return String.format(Locale.ROOT, "%.4f", value.asDouble());
  }

  private static void marksTheDrift(final Tab tab, final LocalBroker broker) throws Exception {
    final List<JsonNode> drift = records(broker, "drift", HOSTILE);
    final long alarms = drift.stream().filter(LivePageTest::isAlarm).count();
    assertTrue(alarms > 0, "the stream turned, and nobody saw it");
    tab.await("document.querySelectorAll('#alarms li.alarm').length === " + alarms);
    tab.await(
        "document.querySelectorAll('#changes li.change').length === " + (drift.size() - alarms));
    assertTrue(tab.value(ALARM_PIXELS).asInt() > 50, "no mark in the plot");
  }

  private static void everythingIsDrawn(final Tab tab) throws Exception {
    for (final String plot : List.of("accuracy", "kappa", "loss", "deciders", "importance")) {
      final int ink =
          tab.value("Number(document.getElementById('" + plot + "').dataset.ink)").asInt();
      assertTrue(ink > 1_000, plot + " is empty: " + ink);
    }
    assertEquals(
        JSON.valueToTree(NOT_OF_CLASSES),
        tab.value(
            "[...document.querySelectorAll('.panels section[hidden]')].map((s) => s.dataset.needs)"));
    for (final JsonNode tile :
        tab.value("[...document.querySelectorAll('#figures dd')].map((d) => d.textContent)")) {
      assertFalse(tile.asText().isEmpty() || tile.asText().contains("NaN"), tile.asText());
    }
  }

  /** For docs/live.md, of a page that is up: {@code -Dbraid.live=http://127.0.0.1:8420}. */
  @Test
  @EnabledIfSystemProperty(named = "braid.live", matches = "http.*")
  void makesThePicturesOfTheDocumentation() throws Exception {
    final String address = System.getProperty("braid.live");
    try (Tab tab = Tab.open(Chromium.find().orElseThrow(), folder, address)) {
      tab.await("Number(document.documentElement.dataset.drawn) > 20");
      tab.size(1_180, 2_500, false);
      tab.screenshot(Path.of("../docs/live-wide.png"));
      tab.size(390, 1_700, true);
      tab.screenshot(Path.of("../docs/live-narrow.png"));
    }
  }
}
