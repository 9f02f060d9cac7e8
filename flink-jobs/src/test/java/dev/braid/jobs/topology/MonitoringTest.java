package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.braid.jobs.config.JobConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is handed out for the operation of a job fits the job. */
@Timeout(300)
class MonitoringTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final String PREFIX = "flink_taskmanager_job_task_operator_";
  private static final List<String> LATE =
      List.of(PREFIX + "braid_expert_share", PREFIX + "braid_shard_cost_share");

  /** Written out at the first of a table, and after an ellipsis at the others. */
  private static final Pattern OWN =
      Pattern.compile(
          "`(?:" + PREFIX + "|\\.\\.\\._)((?:deserializer_)?(?:braid|dense)_[a-z0-9_]+)");

  @TempDir Path folder;

  private static JsonNode rules() throws Exception {
    return new YAMLMapper().readTree(DEPLOY.resolve("prometheus-rules.yaml").toFile());
  }

  private static JsonNode dashboard() throws Exception {
    return new ObjectMapper().readTree(DEPLOY.resolve("grafana-dashboard.json").toFile());
  }

  /** The expressions in a document, of a job. */
  private static Set<String> queries(final JsonNode document, final String job) {
    return document.findValuesAsText("expr").stream()
        .map(query -> query.replace("$job", job))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Names of Braid's own metrics on the page about them. */
  private static Set<String> documented() throws Exception {
    final Set<String> names = new TreeSet<>();
    final Matcher name = OWN.matcher(Files.readString(Path.of("..", "docs", "metrics.md")));
    while (name.find()) {
      names.add(name.group(1));
    }
    return names;
  }

  /** The same of those that Prometheus got; a histogram has a count beside it. */
  private static Set<String> registered(final Scrape scrape) {
    final Set<String> names = new TreeSet<>();
    for (final String name : scrape.names()) {
      final String own = name.replace(PREFIX, "");
      if (own.matches("(deserializer_)?(braid|dense)_.*")
          && !(own.endsWith("_count") && scrape.names().contains(name.replaceAll("_count$", "")))) {
        names.add(own);
      }
    }
    return names;
  }

  /** Jobs with all that has metrics, one of them in shards, and Flink's own reporter. */
  @Test
  void everyQueryFindsASeriesAndEveryMetricIsExplained() throws Exception {
    final Set<String> queries = queries(rules(), "watched");
    queries.addAll(queries(dashboard(), "watched"));
    assertTrue(queries.size() > 25, queries.toString());
    final int port = Scrape.freePort();
    try (Rig rig = Rig.start(folder, Scrape.settings(port))) {
      final JobClient job = rig.run(watched(rig), null);
      final JobClient divided = rig.run(divided(rig), null);
      for (int i = 0; i < 200; i++) {
        rig.send("watched-events", Rows.event(i, ""));
        rig.send("divided-events", Rows.event(i, ""));
      }
      rig.flush();
      rig.await("watched-predictions", 200);
      rig.await("divided-predictions", 200);
      // The share per expert appears with the refresh that follows the first events.
      Scrape scrape = Scrape.of(port);
      for (int tries = 0;
          tries < 100 && !scrape.names().containsAll(LATE);
          tries++, scrape = Scrape.of(port)) {
        Thread.sleep(100);
      }
      job.cancel().get();
      divided.cancel().get();
      final List<String> unanswered = new ArrayList<>();
      for (final String query : queries) {
        unanswered.addAll(scrape.unanswered(query));
      }
      assertEquals(List.of(), unanswered, "no such series");
      assertEquals(documented(), registered(scrape));
    }
  }

  private static JobConfig watched(final Rig rig) {
    return rig.config(
        "watched",
        "watched-events",
        "kafka.labels-topic",
        "watched-labels",
        "schema.numeric",
        "a,b",
        "schema.classes",
        "low,high",
        "dense.layer",
        "expert=mlp(8)*2",
        "dense.backend",
        "java");
  }

  private static JobConfig divided(final Rig rig) {
    return rig.configWithoutLearner(
        "divided",
        "divided-events",
        "model.options.experts",
        "hoeffding-tree*2+naive-bayes",
        "job.shards",
        "2");
  }

  @Test
  void everyAlertSaysWhatItMeansAndWhatToDo() throws Exception {
    final String page = Files.readString(Path.of("..", "docs", "operations.md"));
    for (final JsonNode group : rules().get("groups")) {
      for (final JsonNode rule : group.get("rules")) {
        assertTrue(rule.get("alert").asText().startsWith("Braid"), rule.toString());
        assertTrue(!rule.get("expr").asText().isBlank(), rule.toString());
        assertTrue(!rule.at("/annotations/summary").asText().isBlank(), rule.toString());
        assertTrue(page.contains("`" + rule.get("alert").asText() + "`"), rule.toString());
      }
    }
  }

  @Test
  void everyPanelHasATitleAndAQuery() throws Exception {
    final JsonNode panels = dashboard().get("panels");
    assertTrue(panels.size() > 10);
    for (final JsonNode panel : panels) {
      assertTrue(!panel.get("title").asText().isBlank(), panel.toString());
      for (final JsonNode target : panel.get("targets")) {
        assertTrue(!target.get("expr").asText().isBlank(), panel.toString());
      }
    }
  }

  @Test
  void configurationInTheDeploymentIsOneThatTheJobTakes() throws Exception {
    final YAMLMapper yaml = new YAMLMapper();
    final List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> each =
        yaml.readerFor(JsonNode.class)
            .readValues(DEPLOY.resolve("flink-deployment.yaml").toFile())) {
      each.forEachRemaining(documents::add);
    }
    assertEquals(3, documents.size());
    // What Flink listens on is for the job's own pods alone.
    assertEquals("NetworkPolicy", documents.get(2).at("/kind").asText());
    assertEquals(
        documents.get(1).at("/metadata/name").asText(),
        documents.get(2).at("/spec/podSelector/matchLabels/app").asText());
    final Map<String, String> values = new HashMap<>();
    flatten("", yaml.readTree(documents.get(0).at("/data/job.yaml").asText()), values);
    assertEquals("clicks", JobConfig.of(values).kafka().eventsTopic());
    assertEquals(
        "dev.braid.jobs.cli.BraidJob", documents.get(1).at("/spec/job/entryClass").asText());
  }

  private static void flatten(
      final String prefix, final JsonNode node, final Map<String, String> values) {
    for (final Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getValue().isObject()) {
        flatten(prefix + entry.getKey() + ".", entry.getValue(), values);
      } else {
        values.put(prefix + entry.getKey(), entry.getValue().asText());
      }
    }
  }
}
