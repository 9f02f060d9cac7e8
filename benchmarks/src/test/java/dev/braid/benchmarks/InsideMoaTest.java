package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import moa.DoTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sizeof.agent.SizeOfAgent;

/** Our jar for MOA's class path, in MOA's own command line, in a process of its own. */
class InsideMoaTest {
  private static final Path JAR = Path.of("..", "router", "target", "braid-moa.jar");

  @Test
  void theJarBesideMoasIsAllThatMoasCommandLineNeeds(@TempDir final Path folder) throws Exception {
    assumeTrue(Files.exists(JAR), "braid-moa.jar is built by mvn package");
    final Path output = folder.resolve("output");
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(
                    File.pathSeparator, jarOf(DoTask.class), jarOf(SizeOfAgent.class), "" + JAR),
                "moa.DoTask",
                "EvaluatePrequential -l (meta.Braid -p tame -r 7)"
                    + " -s (generators.SEAGenerator -p 10) -i 5000 -f 5000 -q 5000")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), "MOA did not end");
    } finally {
      process.destroyForcibly();
    }
    final String said = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), said);
    assertTrue(said.lines().anyMatch(line -> line.startsWith("5000.0,")), said);
  }

  private static String jarOf(final Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
