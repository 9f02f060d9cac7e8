package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command that says what a model takes at rest. */
class ModelSizesCommandTest {

  private static String[] rows(final String... arguments) {
    final StringWriter out = new StringWriter();
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out, true));
    assertEquals(0, line.execute(arguments));
    return out.toString().lines().toArray(String[]::new);
  }

  @Test
  void aRowForEachLookSaysWhatThePartsTake() {
    final String[] rows = rows("model-sizes", "--streams=sea_a", "--events=20,40");
    assertEquals(4, rows.length, String.join("\n", rows));
    assertTrue(rows[2].startsWith("| sea_a | braid | 20 | "), rows[2]);
    assertTrue(rows[2].contains("events "), "a young model is what it was told: " + rows[2]);
    assertTrue(rows[3].contains("adaptive-tree "), rows[3]);
  }

  @Test
  void aModelOfPricesThatStaysYoungTakesLittle() {
    final Path folder = Path.of(System.getProperty("braid.data", ""));
    assumeTrue(
        Files.exists(folder.resolve("electricity.arff.xz")), "needs the real streams (braid.data)");
    final String[] rows =
        rows(
            "model-sizes",
            "--streams=elec",
            "--learners=braid(young=1000)",
            "--events=20,1000",
            "--data=" + folder);
    assertTrue(savedKilobytes(rows[2]) <= 8, rows[2]);
    assertTrue(savedKilobytes(rows[3]) <= 100, rows[3]);
  }

  @Test
  void aModelOfPricesIsDeflated() {
    final Path folder = Path.of(System.getProperty("braid.data", ""));
    assumeTrue(
        Files.exists(folder.resolve("electricity.arff.xz")), "needs the real streams (braid.data)");
    final String[] rows =
        rows("model-sizes", "--streams=elec", "--events=20,1000,5000", "--data=" + folder);
    assertTrue(savedKilobytes(rows[2]) <= 8, rows[2]);
    assertTrue(savedKilobytes(rows[3]) <= 125, rows[3]);
    assertTrue(savedKilobytes(rows[4]) <= 270, rows[4]);
  }

  private static double savedKilobytes(final String row) {
    return Double.parseDouble(row.split("\\|")[4].strip());
  }
}
