package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the job survives on a cluster without high availability. */
@Timeout(600)
class ClusterIT {
  private static final String SECRET = "pass-3b77-of-a-key";

  private static final String[] BRAID = {
    "model.preset",
    "braid",
    "model.options.experts",
    "adaptive-tree(subspace=leaf,split-confidence=0.01)*3+naive-bayes+last-label"
  };

  @TempDir static Path folder;
  private static ClusterRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = ClusterRig.start("plain", ClusterRig.SMALL, Map.of());
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  /** One job, a task manager killed under it and then the job manager, as on a bad day. */
  @Test
  void killedTaskManagerAndKilledJobManagerChangeNoBitOfThePredictions() throws Exception {
    final List<String> arguments = new ArrayList<>(rig.arguments("killed", "killed-events"));
    arguments.addAll(List.of("--config", secretConfiguration().toString()));
    final String first = rig.submit(arguments);
    try (Traffic traffic = Traffic.start(rig.kafka(), "killed-events", 6, 400)) {
      rig.ledger().await("killed-predictions", 1_000);
      rig.flink().taskManager(0).kill();
      rig.flink().startTaskManager(0);
      rig.ledger().await("killed-predictions", traffic.sent() + 500);
      assertTrue(rig.flink().rest().lastRestart(first) > 0, "a restart");

      // One that registers while the job manager dies asks the dead one for ever.
      rig.flink().awaitSlots();
      rig.flink().killJobManager();
      final Path checkpoint = rig.lastCheckpoint(first);
      rig.flink().startJobManager();
      rig.flink().awaitSlots();
      assertOtherModelsAreRefused(checkpoint, arguments);
      final String second = rig.resume(checkpoint, arguments);
      final int all = traffic.finish();
      rig.ledger().await("killed-predictions", all);
      rig.flink().rest().cancel(second);
    }
    rig.assertAsIfUndisturbed("killed", "killed-events");
    final String logs = rig.flink().logs();
    assertFalse(logs.contains(SECRET), "a secret in a log");
    assertFalse(logs.contains("Name collision"), "a gauge whose name is taken");
  }

  /** Three models of three shards each, on 2, 3 and 1 slots, beside whole ones. */
  @Test
  void dividedModelsSayWhatWholeOnesSayThoughSlotsDieAndBecomeMoreAndFewer() throws Exception {
    String job = rig.submit(divided(2));
    try (Traffic traffic = Traffic.start(rig.kafka(), "divided-events", 3, 300)) {
      rig.ledger().await("divided-predictions", 600);
      rig.flink().taskManager(1).kill();
      rig.flink().startTaskManager(1);
      rig.ledger().await("divided-predictions", traffic.sent() + 300);
      assertTrue(rig.flink().rest().lastRestart(job) > 0, "a restart");
      rig.flink().awaitSlots();
      for (final int slots : List.of(3, 1)) {
        job = rig.move(job, divided(slots));
        rig.ledger().await("divided-predictions", traffic.sent() + 300);
      }
      rig.ledger().await("divided-predictions", traffic.finish());
    }
    rig.flink().rest().cancel(job);
    rig.assertAsIfUndisturbed("divided", "divided-events", BRAID);
  }

  private static List<String> divided(final int slots) {
    final List<String> settings = new ArrayList<>(List.of(BRAID));
    settings.addAll(List.of("job.shards", "3", "job.parallelism", Integer.toString(slots)));
    return rig.arguments("divided", "divided-events", settings.toArray(String[]::new));
  }

  @Test
  void adviceForTheLogIsThatOfTheseClusters() throws Exception {
    final String page = Files.readString(Path.of("..", "docs", "operations.md"));
    assertTrue(page.contains(FlinkCluster.QUIET_GAUGES), FlinkCluster.QUIET_GAUGES);
  }

  private static void assertOtherModelsAreRefused(
      final Path checkpoint, final List<String> arguments) throws Exception {
    final List<String> line = new ArrayList<>(List.of("run", "-d"));
    line.addAll(List.of("-s", checkpoint.toUri().toString()));
    line.add(System.getProperty("braid.job.jar"));
    line.addAll(arguments);
    line.addAll(List.of("--set", "model.seed=7"));
    final String said = rig.flink().cli(line.toArray(String[]::new)).output();
    assertTrue(
        said.contains("braid: The models in the savepoint or checkpoint cannot go on"), said);
    assertTrue(said.lines().noneMatch(l -> l.startsWith("\tat ")), said);
  }

  /** A secret under a name that nobody but its user knows. */
  private static Path secretConfiguration() throws Exception {
    return Files.writeString(
        folder.resolve("secret.yaml"), "kafka.properties.my.plugin.credential: " + SECRET + "\n");
  }

  /** Flink's command line says in one sentence what is wrong, without a stack trace. */
  @Test
  void unknownKeyIsRefusedInOneSentence() throws Exception {
    final List<String> line = new ArrayList<>(List.of("run", "-d"));
    line.add(System.getProperty("braid.job.jar"));
    line.addAll(List.of("--set", "model.prest=x"));
    line.addAll(List.of("--config", secretConfiguration().toString()));
    final String said = rig.flink().cli(line.toArray(String[]::new)).output();
    assertTrue(
        said.contains(
            "braid: Configuration key 'model.prest' is not known: did you mean 'model.preset'?"),
        said);
    assertFalse((said + rig.flink().logs()).contains(SECRET), "a secret in a log");
    assertTrue(said.lines().noneMatch(l -> l.startsWith("\tat ")), said);
  }
}
