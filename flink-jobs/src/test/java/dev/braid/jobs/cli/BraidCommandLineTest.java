package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.JobConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BraidCommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run", "live", "serve", "produce", "inspect"})
  void everyCommandHasHelp(final String command) {
    assertEquals(0, execute(command, "--help"));
    assertTrue(out.toString().startsWith("Usage: braid " + command), out.toString());
  }

  @Test
  void withoutACommandItNamesThoseThereAre() {
    assertEquals(2, execute());
    assertTrue(err.toString().startsWith("braid: A command is missing: one of demo, run, produce"));
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertEquals(2, execute("demo", "--colour", "red"));
    assertSentence("braid: Unknown options: '--colour', 'red'. See 'braid demo --help'.");
  }

  @Test
  void anUnknownStreamIsRefused() {
    assertEquals(2, execute("demo", "--stream", "nile"));
    assertTrue(err.toString().startsWith("braid: --stream: 'nile' is not a stream"));
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void anUnknownKeyIsRefusedBeforeAnythingStarts() {
    assertEquals(2, execute("run", "--local", "--set", "model.prest=x"));
    assertSentence(
        "braid: Configuration key 'model.prest' is not known: did you mean 'model.preset'?");
  }

  @Test
  void aKeyMayBeGivenByItsFullName() {
    assertEquals(2, execute("run", "--local", "--kafka.start", "soon"));
    assertSentence(
        "braid: Configuration key 'kafka.start' cannot be 'soon': it takes committed, earliest,"
            + " latest.");
  }

  @Test
  void aLivePageThatCannotBeIsToldWithWhatToDo() {
    assertEquals(2, execute("run", "--live"));
    assertSentence(
        "braid: --live needs --local: beside a job on a cluster start './braid live"
            + " --bootstrap-servers ...'.");
    assertEquals(2, execute("demo", "--stay"));
    assertTrue(err.toString().contains("--stay needs --live"), err.toString());
    assertEquals(2, execute("live", "--port", "many"));
    assertTrue(err.toString().contains("the live page's port cannot be 'many'"), err.toString());
  }

  @Test
  void aReplicaThatCannotBeIsToldWithWhatToDo() {
    assertEquals(2, execute("serve", "--port", "70000"));
    assertSentence("braid: --port is 70000: it takes 0 to 65535.");
    assertEquals(2, execute("serve", "--model-memory", "0"));
    assertTrue(err.toString().contains("--model-memory is 0: it takes 1 or more."), err.toString());
  }

  @Test
  void aSecretOnTheCommandLineIsRefusedWithoutShowingIt() {
    assertEquals(
        2, execute("run", "--local", "--set", "kafka.properties.ssl.keystore.key=hush-4713"));
    assertTrue(
        err.toString()
            .startsWith(
                "braid: Configuration key 'kafka.properties.ssl.keystore.key' is taken from the"
                    + " configuration file alone"),
        err.toString());
    assertFalse(err.toString().contains("hush-4713"), err.toString());
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamedAndSaidToBeOne() throws Exception {
    final Path file = Files.createFile(folder.resolve("a file"));
    assertEquals(2, execute("demo", "--out", file.toString()));
    assertSentence("braid: --out: '" + file + "' is a file: name a folder.");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedWithTheReason() throws Exception {
    final Path file = Files.createFile(folder.resolve("a file"));
    assertEquals(2, execute("demo", "--out", file.resolve("out").toString()));
    assertTrue(
        err.toString().contains("--out: '" + file.resolve("out") + "' cannot be written to: "),
        err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void aPortThatIsTakenIsNamedWithWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      final String port = Integer.toString(taken.getLocalPort());
      assertEquals(2, execute("demo", "--web-port", port, "--out", folder.toString()));
      assertTrue(
          err.toString()
              .contains(
                  "braid: --web-port: no port of '"
                      + port
                      + "' is free: name another, a range as 8081-8181, or 0 for any."),
          err.toString());
    }
  }

  @Test
  void whatIsNoPortIsRefused() {
    assertEquals(2, execute("demo", "--web-port", "http", "--out", folder.toString()));
    assertTrue(err.toString().contains("braid: --web-port cannot be 'http': it takes a port"));
  }

  @Test
  void aFolderThatAnotherProcessHasIsNotShared() {
    final Path wanted = folder.resolve("demo");
    try (OutFolder first = OutFolder.nextTo(wanted);
        OutFolder second = OutFolder.nextTo(wanted)) {
      assertEquals(wanted, first.path());
      assertEquals(folder.resolve("demo-2"), second.path());
      assertThrows(UsageException.class, () -> OutFolder.of(wanted));
    }
    try (OutFolder again = OutFolder.of(wanted)) {
      assertEquals(wanted, again.path());
    }
  }

  @Test
  void aMissingConfigurationFileIsRefused() {
    assertEquals(2, execute("run", "--local", "--config", "none.yaml"));
    assertSentence(
        "braid: The configuration file 'none.yaml' cannot be read: it must be a readable text"
            + " file.");
  }

  @Test
  void runWithoutAClusterSaysWhatToDo() {
    assertEquals(2, execute("run"));
    assertSentence(
        "braid: There is no cluster here: give --local, or submit the job jar with 'flink run'.");
  }

  @Test
  void checkpointsNeedAPlace() {
    final Configuration cluster = new Configuration();
    final UsageException refused =
        assertThrows(
            UsageException.class,
            () -> RunCommand.requireCheckpointPlace(JobConfig.defaults(), cluster));
    assertTrue(refused.getMessage().startsWith("Configuration key 'checkpoints.dir' is needed"));
    RunCommand.requireCheckpointPlace(
        JobConfig.of(Map.of("checkpoints.dir", "file:///tmp/checkpoints")), cluster);
    cluster.setString("execution.checkpointing.dir", "s3://bucket/checkpoints");
    RunCommand.requireCheckpointPlace(JobConfig.defaults(), cluster);
  }

  @Test
  void aBrokerThatDoesNotAnswerIsAFailure() {
    final int code =
        execute(
            "produce",
            "--bootstrap-servers",
            "127.0.0.1:1",
            "--topic",
            "events",
            "--property",
            "default.api.timeout.ms=200",
            "--property",
            "request.timeout.ms=200",
            "--out",
            folder.toString());
    assertEquals(1, code);
    assertTrue(
        err.toString().startsWith("braid: no Kafka broker answers at 127.0.0.1:1 within 200 ms"),
        err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void helpOfTheConfigurationNamesEveryKey() {
    assertEquals(0, execute("run", "--help-config"));
    final List<String> lines = out.toString().lines().toList();
    JobConfig.keys()
        .forEach(
            key ->
                assertTrue(
                    lines.stream().anyMatch(line -> line.startsWith(key.name())), key.name()));
  }

  private void assertSentence(final String sentence) {
    assertEquals(sentence, err.toString().strip());
  }

  private int execute(final String... args) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }
}
