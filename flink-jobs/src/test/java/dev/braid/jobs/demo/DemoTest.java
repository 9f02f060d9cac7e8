package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command, with a real broker and a real cluster. */
class DemoTest {
  private static final Pattern SUMMARY =
      Pattern.compile(
          "summary: in=(\\d+) predictions=(\\d+) dead_letters=0"
              + " accuracy=(0\\.\\d{4}) kappa_m=-?0\\.\\d{4} rate=\\d+\\R");

  @TempDir Path folder;

  @Test
  void everyEventIsPredictedOnceAndTheReportShowsIt() throws Exception {
    final double accuracy =
        demo(3000, "--stream", "sea_a", "--records", "3000", "--metrics-every", "100");

    assertTrue(accuracy > 0.7, "accuracy " + accuracy);
    final String report = Files.readString(folder.resolve("report.html"));
    assertTrue(report.contains("\"name\":\"predictions\",\"value\":\"3,000\""));
    assertTrue(report.contains("\"trueDrifts\":[{\"from\":750,"));
    assertFalse(report.contains("\"shares\":[]"));
    assertFalse(Files.exists(folder.resolve("work")), "temporary files are left");
  }

  /** Published: 83.76 +- 0.45; docs/driftmoe.md says what the method as described reaches. */
  @Test
  void driftMoeOnElectricityScoresAsPublishedWithinTheSpreadOfReimplementations() {
    final Path electricity = Path.of(System.getProperty("braid.data"), "electricity.arff.xz");
    assumeTrue(Files.exists(electricity), "the electricity stream is not at " + electricity);

    final double accuracy =
        demo(45_312, "--stream", electricity.toString(), "--preset", "driftmoe-data");

    assertTrue(accuracy > 0.80 && accuracy < 0.855, "accuracy " + accuracy);
  }

  @Test
  void theDefaultLearnerOnElectricityBeatsRepeatingTheLastLabel() {
    final Path electricity = Path.of(System.getProperty("braid.data"), "electricity.arff.xz");
    assumeTrue(Files.exists(electricity), "the electricity stream is not at " + electricity);

    final double accuracy = demo(10_000, "--stream", electricity.toString(), "--records", "10000");

    assertTrue(accuracy > 0.90 && accuracy < 0.95, "accuracy " + accuracy);
  }

  @Test
  void everyRowOfAFileWithOddNamesIsPredicted() throws Exception {
    final StringBuilder rows = new StringBuilder("sep=;\n;province;x;class\n");
    for (int i = 0; i < 500; i++) {
      rows.append(i).append(i % 3 == 0 ? ";Nan;" : i % 3 == 1 ? ";inf;" : ";12;");
      rows.append(i % 5 == 0 ? "NA" : i + ",5").append(i % 3 == 0 ? ";a\n" : ";b\n");
    }
    final Path file = Files.writeString(folder.resolve("odd.csv"), rows);

    demo(500, "--stream", file.toString());
  }

  /** Runs the demo and returns the accuracy it reports. */
  private double demo(final int events, final String... arguments) {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    final List<String> all = new ArrayList<>(List.of("demo", "--web-port", "0"));
    all.addAll(List.of("--out", folder.toString()));
    all.addAll(List.of(arguments));

    final int code = line.execute(all.toArray(String[]::new));

    assertEquals(0, code, err.toString());
    final Matcher summary = SUMMARY.matcher(out.toString());
    assertTrue(summary.matches(), out.toString());
    assertEquals(Integer.toString(events), summary.group(1));
    assertEquals(Integer.toString(events), summary.group(2));
    return Double.parseDouble(summary.group(3));
  }
}
