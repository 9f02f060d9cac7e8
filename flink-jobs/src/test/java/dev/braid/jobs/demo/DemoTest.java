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
  private static final Pattern SUMMARY_OF_NUMBERS =
      Pattern.compile(
          "summary: in=(\\d+) predictions=(\\d+) dead_letters=0 mae=\\S+ rmse=\\S+"
              + " r2=(0\\.\\d{4}) coverage=(0\\.\\d{4}) rate=\\d+\\R");

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

  @Test
  void numbersArePredictedWithIntervalsAndTheReportShowsHowWell() throws Exception {
    final Matcher summary =
        run(SUMMARY_OF_NUMBERS, 3000, "--stream", "friedman_a", "--records", "3000");

    final double r2 = Double.parseDouble(summary.group(3));
    assertTrue(r2 > 0.6, "R2 " + r2);
    assertEquals(0.9, Double.parseDouble(summary.group(4)), 0.02);
    final String report = Files.readString(folder.resolve("report.html"));
    assertTrue(report.contains("\"measure\":\"R2, the share of the variance that is predicted\""));
    assertTrue(report.contains("\"name\":\"within the interval\""));
    assertFalse(report.contains("\"shares\":[]"));
  }

  /** Predicting the mean of what was so far has an R2 of 0 at most. */
  @Test
  void thePriceOfElectricityIsPredictedFromAFilesColumn() {
    final Path data = Path.of(System.getProperty("braid.data"));
    assumeTrue(Files.exists(data.resolve("electricity.arff.xz")), "no electricity in " + data);

    final Matcher summary =
        run(
            SUMMARY_OF_NUMBERS,
            5000,
            "--stream",
            "price",
            "--data",
            data.toString(),
            "--records",
            "5000");

    final double r2 = Double.parseDouble(summary.group(3));
    assertTrue(r2 > 0.5, "R2 " + r2);
    assertEquals(0.9, Double.parseDouble(summary.group(4)), 0.02);
  }

  /** Runs the demo and returns the accuracy it reports. */
  private double demo(final int events, final String... arguments) {
    return Double.parseDouble(run(SUMMARY, events, arguments).group(3));
  }

  private Matcher run(final Pattern line, final int events, final String... arguments) {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final CommandLine command = BraidCommandLine.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    final List<String> all = new ArrayList<>(List.of("demo", "--web-port", "0"));
    all.addAll(List.of("--out", folder.toString()));
    all.addAll(List.of(arguments));

    final int code = command.execute(all.toArray(String[]::new));

    assertEquals(0, code, err.toString());
    final Matcher summary = line.matcher(out.toString());
    assertTrue(summary.matches(), out.toString());
    assertEquals(Integer.toString(events), summary.group(1));
    assertEquals(Integer.toString(events), summary.group(2));
    return summary;
  }
}
