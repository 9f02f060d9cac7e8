package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What Braid starts can be reached from this machine alone: as the kernel sees it. */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class LoopbackOnlyTest {
  private static final Pattern LIVE_PAGE = Pattern.compile("live page at (http://\\S+)");
  private static final Pattern REPLICA = Pattern.compile("serving at (http://\\S+)");
  private static final Pattern WEB_PAGE = Pattern.compile("web page at (http://\\S+)");

  @TempDir Path folder;

  @Test
  void theDemoListensOnLoopbackAloneTakesNoJarAndLeavesNothingWhenInterrupted() throws Exception {
    try (BraidProcess demo =
        BraidProcess.start(
            folder.resolve("tmp"),
            "demo",
            "--live",
            "0",
            "--web-port",
            "0",
            "--records",
            "1000000",
            "--out",
            folder.resolve("out").toString())) {
      demo.awaitSaid("records,");
      // Broker, controller, REST, blob server, the live page at the least.
      assertLoopback(demo.listens(), 5);
      assertNoSubmission(demo);
      demo.interrupt();
      demo.await();
    }
    assertEquals(List.of(), files(folder.resolve("tmp")), "temporary files are left");
    assertEquals(List.of(".lock", "braid.log"), files(folder.resolve("out")));
  }

  @Test
  void runLocalAndWhatIsBesideItListenOnLoopbackAloneAndTakeNoJar() throws Exception {
    try (LocalBroker broker = LocalBroker.start()) {
      try (Topics topics =
          Topics.connect(KafkaCluster.at(broker.bootstrapServers()), Duration.ofSeconds(30))) {
        topics.create(
            Stream.concat(
                    Stream.of("events", "predictions", "metrics", "drift", "dead-letters")
                        .map(name -> TopicSpec.of(name, 1)),
                    Stream.of(TopicSpec.models("models")))
                .toList());
      }
      try (BraidProcess run =
          BraidProcess.start(
              folder.resolve("tmp"),
              "run",
              "--local",
              "--live",
              "0",
              "--models-topic",
              "models",
              "--web-port",
              "0",
              "--bootstrap-servers",
              broker.bootstrapServers(),
              "--checkpoints.interval",
              "500 ms",
              "--out",
              folder.resolve("a folder").toString())) {
        run.awaitSaid("web page at");
        awaitCheckpoint(folder.resolve("a folder/checkpoints"));
        assertLoopback(run.listens(), 3);
        assertAnswers(run, LIVE_PAGE, "/");
        assertNoSubmission(run);
        besideIt(broker, LIVE_PAGE, "/", "live");
        besideIt(broker, REPLICA, "/openapi.json", "serve");
        run.interrupt();
        run.await();
      }
    }
    assertEquals(List.of(), files(folder.resolve("tmp")), "temporary files are left");
    assertEquals(
        List.of(".lock", "braid.log", "checkpoints"),
        files(folder.resolve("a folder")),
        "checkpoints lie under --out, whatever its name");
    assertFalse(Files.exists(folder.resolve("a%20folder")));
  }

  /** A command that needs nothing of the job but its topics. */
  private void besideIt(
      final LocalBroker broker, final Pattern address, final String path, final String command)
      throws Exception {
    try (BraidProcess beside =
        BraidProcess.start(
            folder.resolve("tmp"),
            command,
            "--port",
            "0",
            "--bootstrap-servers",
            broker.bootstrapServers())) {
      beside.awaitSaid(" at http://");
      assertLoopback(beside.listens(), 1);
      assertAnswers(beside, address, path);
      beside.interrupt();
      beside.await();
    }
  }

  private static void assertAnswers(
      final BraidProcess process, final Pattern address, final String path) throws Exception {
    final Matcher said = address.matcher(process.said());
    assertTrue(said.find(), process.said());
    assertEquals(
        200,
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(said.group(1) + path)).build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode());
  }

  /** It reads; there is nothing to listen for. */
  @Test
  void inspectListensNowhere() throws Exception {
    final Path savepoint = Path.of("src/test/resources/savepoints");
    try (Stream<Path> kept = Files.walk(savepoint);
        BraidProcess inspect =
            BraidProcess.start(
                folder.resolve("tmp"),
                "inspect",
                "--savepoint",
                kept.filter(file -> file.endsWith("_metadata"))
                    .findFirst()
                    .orElseThrow()
                    .getParent()
                    .toString(),
                "--out",
                folder.resolve("out").toString())) {
      final Set<String> seen = new TreeSet<>();
      while (inspect.alive()) {
        seen.addAll(inspect.listens());
        Thread.sleep(5);
      }
      assertEquals(0, inspect.await(), inspect.said());
      assertEquals(Set.of(), seen);
    }
    assertEquals(List.of(), files(folder.resolve("tmp")), "temporary files are left");
  }

  private static void assertLoopback(final Set<String> listens, final int least) {
    assertTrue(listens.size() >= least, "it listens at " + listens);
    assertTrue(listens.stream().allMatch(BraidProcess::isLoopback), "it listens at " + listens);
  }

  private static void assertNoSubmission(final BraidProcess process) throws Exception {
    final Matcher page = WEB_PAGE.matcher(process.said());
    assertTrue(page.find(), process.said());
    final HttpClient client = HttpClient.newHttpClient();
    final URI upload = URI.create(page.group(1) + "/jars/upload");
    final HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(upload)
                .POST(HttpRequest.BodyPublishers.ofString("a jar"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(404, answer.statusCode(), answer.body());
  }

  private static void awaitCheckpoint(final Path checkpoints) throws Exception {
    for (int tries = 0; tries < 600; tries++) {
      if (Files.exists(checkpoints)) {
        try (Stream<Path> all = Files.walk(checkpoints)) {
          if (all.anyMatch(file -> file.endsWith("_metadata"))) {
            return;
          }
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no checkpoint in " + checkpoints);
  }

  private static List<String> files(final Path directory) throws Exception {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
