package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with a Maven and a Java that note that they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path folder;
  private Path builds;

  @BeforeEach
  void project() throws Exception {
    builds = folder.resolve("builds");
    file("pom.xml", "");
    file("m/pom.xml", "");
    file("m/src/main/A.java", "");
    file("benchmarks/target/runtime.classpath", "a");
    file("flink-jobs/target/provided.classpath", "b");
    script("bin/mvn", "echo begin >> '" + builds + "'; sleep 1; echo end >> '" + builds + "'");
    script("bin/java", "echo ran");
    script("braid", Files.readString(Path.of("..", "braid")).replaceFirst("#!.*\n", ""));
  }

  @Test
  void buildsAtOnceWaitForOneAnotherAndTheSecondFindsAllBuilt() throws Exception {
    final List<Process> launched = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      launched.add(launch(i));
    }
    for (int i = 0; i < 3; i++) {
      assertTrue(launched.get(i).waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, launched.get(i).exitValue(), said(i));
      assertTrue(said(i).endsWith("ran\n"), said(i));
    }
    assertEquals(List.of("begin", "end"), Files.readAllLines(builds));
  }

  @Test
  void aFailedBuildHoldsUpNobody() throws Exception {
    script("bin/mvn", "echo begin >> '" + builds + "'; exit 1");
    for (int i = 0; i < 2; i++) {
      final Process process = launch(i);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(1, process.exitValue());
      assertTrue(said(i).contains("braid: The build failed"), said(i));
    }
    assertEquals(2, Files.readAllLines(builds).size());
  }

  private Process launch(final int number) throws Exception {
    final ProcessBuilder builder =
        new ProcessBuilder(folder.resolve("braid").toString(), "demo")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said-" + number).toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("BRAID_NO_BUILD");
    builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
    return builder.start();
  }

  private String said(final int number) throws Exception {
    return Files.readString(folder.resolve("said-" + number));
  }

  private Path file(final String name, final String text) throws Exception {
    final Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void script(final String name, final String body) throws Exception {
    Files.setPosixFilePermissions(
        file(name, "#!/usr/bin/env bash\n" + body + "\n"), Set.of(PosixFilePermission.values()));
  }
}
