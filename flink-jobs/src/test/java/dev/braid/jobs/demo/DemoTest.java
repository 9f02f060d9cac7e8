package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cli.Braid;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command, with a real broker and a real cluster. */
class DemoTest {
  private static final Pattern SUMMARY =
      Pattern.compile(
          "summary: in=3000 predictions=3000 dead_letters=0"
              + " accuracy=(0\\.\\d{4}) kappa_m=-?0\\.\\d{4} rate=\\d+\\R");

  @TempDir Path folder;

  @Test
  void everyEventIsPredictedOnceAndTheReportShowsIt() throws Exception {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final CommandLine line = Braid.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));

    final int code =
        line.execute(
            "demo",
            "--stream",
            "sea_a",
            "--records",
            "3000",
            "--metrics-every",
            "100",
            "--web-port",
            "0",
            "--out",
            folder.toString());

    assertEquals(0, code, err.toString());
    final Matcher summary = SUMMARY.matcher(out.toString());
    assertTrue(summary.matches(), out.toString());
    assertTrue(Double.parseDouble(summary.group(1)) > 0.7, out.toString());
    final String report = Files.readString(folder.resolve("report.html"));
    assertTrue(report.contains("\"name\":\"predictions\",\"value\":\"3,000\""));
    assertTrue(report.contains("\"trueDrifts\":[{\"from\":750,"));
    assertFalse(report.contains("\"shares\":[]"));
    assertFalse(Files.exists(folder.resolve("work")), "temporary files are left");
  }
}
