package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command that says what a model takes at rest. */
class ModelSizesCommandTest {

  @Test
  void aRowForEachLookSaysWhatThePartsTake() {
    final StringWriter out = new StringWriter();
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out, true));
    assertEquals(0, line.execute("model-sizes", "--streams=sea_a", "--events=20,40"));
    final String[] rows = out.toString().lines().toArray(String[]::new);
    assertEquals(4, rows.length, out.toString());
    assertTrue(rows[2].startsWith("| sea_a | braid | 20 | "), rows[2]);
    assertTrue(rows[2].contains("events "), "a young model is what it was told: " + rows[2]);
    assertTrue(rows[3].contains("adaptive-tree "), rows[3]);
  }
}
