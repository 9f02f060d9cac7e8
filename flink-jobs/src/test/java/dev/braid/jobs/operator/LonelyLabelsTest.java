package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More labels without events than the heap holds, when the input ends. */
class LonelyLabelsTest {
  private static final boolean LONG = Boolean.getBoolean("braid.long");

  /** The labels take some 1.5 KB each on the heap, if they are all held at once. */
  private static final int LABELS = LONG ? 600_000 : 80_000;

  private static final String HEAP = LONG ? "-Xmx256m" : "-Xmx80m";
  private static final int PAYLOAD = 1_000;

  @Test
  @Timeout(600)
  void endOfInputLetsThemGoOneByOne() throws Exception {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LonelyLabelsTest.class.getName(),
                Integer.toString(LABELS))
            .redirectErrorStream(true)
            .start();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(10, TimeUnit.SECONDS);
    assertEquals(
        List.of(LABELS + " dead letters"),
        said.lines().filter(l -> l.endsWith("letters")).toList(),
        said);
    assertEquals(0, process.exitValue(), said);
  }

  /** Runs in a JVM with a small heap; whoever reads the output takes it away as it comes. */
  public static void main(final String[] arguments) throws Exception {
    final int labels = Integer.parseInt(arguments[0]);
    try (Workbench bench = new Workbench(LearnerConfig.defaults())) {
      final byte[] payload = new byte[PAYLOAD];
      for (int i = 0; i < labels; i++) {
        final Origin origin = new Origin("labels", 0, i, null, payload.clone());
        bench.send(new LabelRecord("id" + i, "one key", i, "high", origin));
      }
      final Thread finish =
          new Thread(
              () -> {
                try {
                  bench.finish();
                } catch (final Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      finish.start();
      int taken = 0;
      while (finish.isAlive() || taken < labels) {
        final int more = bench.takeDeadLetters();
        taken += more;
        if (more == 0) {
          if (!finish.isAlive()) {
            taken += bench.takeDeadLetters();
            break;
          }
          Thread.onSpinWait();
        }
      }
      System.out.println(taken + " dead letters");
    }
    System.exit(0);
  }
}
