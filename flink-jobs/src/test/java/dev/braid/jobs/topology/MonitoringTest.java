package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is handed out for the operation of a job fits the job. */
@Timeout(300)
class MonitoringTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Pattern METRIC = Pattern.compile("flink_[a-zA-Z0-9_]+");

  @TempDir Path folder;

  private static JsonNode rules() throws Exception {
    return new YAMLMapper().readTree(DEPLOY.resolve("prometheus-rules.yaml").toFile());
  }

  private static JsonNode dashboard() throws Exception {
    return new ObjectMapper().readTree(DEPLOY.resolve("grafana-dashboard.json").toFile());
  }

  private static Set<String> named(final JsonNode document) {
    final Set<String> names = new TreeSet<>();
    final Matcher metric = METRIC.matcher(document.toString());
    while (metric.find()) {
      names.add(metric.group());
    }
    return names;
  }

  @Test
  void everyMetricOfRulesAndDashboardIsOneThatTheJobRegisters() throws Exception {
    final Set<String> wanted = named(rules());
    wanted.addAll(named(dashboard()));
    assertTrue(wanted.size() > 15, wanted.toString());
    try (Rig rig = Rig.start(folder)) {
      final JobConfig config =
          rig.config("watched", "watched-events", "kafka.labels-topic", "watched-labels");
      final JobClient job = rig.run(config, null);
      for (int i = 0; i < 200; i++) {
        rig.send("watched-events", Rows.event(i, ""));
      }
      rig.flush();
      rig.await("watched-predictions", 200);
      // The share per expert appears with the refresh that follows the first events.
      for (int tries = 0; tries < 100 && !rig.prometheusNames().containsAll(wanted); tries++) {
        Thread.sleep(100);
      }
      wanted.removeAll(rig.prometheusNames());
      job.cancel().get();
    }
    assertEquals(Set.of(), wanted, "no such metric in the job");
  }

  @Test
  void everyAlertSaysWhatItMeans() throws Exception {
    for (final JsonNode group : rules().get("groups")) {
      for (final JsonNode rule : group.get("rules")) {
        assertTrue(rule.get("alert").asText().startsWith("Braid"), rule.toString());
        assertTrue(!rule.get("expr").asText().isBlank(), rule.toString());
        assertTrue(!rule.at("/annotations/summary").asText().isBlank(), rule.toString());
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
    assertEquals(2, documents.size());
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
