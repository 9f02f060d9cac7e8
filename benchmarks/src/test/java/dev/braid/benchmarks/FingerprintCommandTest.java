package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command that shows whether a change of the code left the predictions as they were. */
class FingerprintCommandTest {
  @TempDir Path folder;

  private final StringWriter errors = new StringWriter();

  private int fingerprint(final String seed, final String option, final Path file) {
    return fingerprint("sea_a", "driftmoe-data", seed, option, file);
  }

  private int fingerprint(
      final String stream,
      final String learner,
      final String seed,
      final String option,
      final Path file) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(new StringWriter(), true));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(
        "fingerprint",
        "--streams=" + stream,
        "--learners=" + learner,
        "--instances=600",
        "--label-delays=0,100",
        "--seed=" + seed,
        option,
        file.toString());
  }

  @Test
  void theSameRunsHaveTheSameChecksums() throws IOException {
    final Path file = folder.resolve("before.csv");
    assertEquals(0, fingerprint("1", "--out", file), errors.toString());
    assertEquals(3, Files.readAllLines(file).size(), "a header and a line per delay");
    assertEquals(0, fingerprint("1", "--check", file), errors.toString());
  }

  @Test
  void aDifferenceIsAFailureThatNamesTheRun() throws IOException {
    final Path file = folder.resolve("before.csv");
    fingerprint("1", "--out", file);
    Files.writeString(
        file, Files.readString(file).replaceAll("(600,100,)[0-9a-f]{8}", "$100000000"));
    assertEquals(1, fingerprint("1", "--check", file));
    assertTrue(errors.toString().contains("600,100 was 00000000"), errors.toString());
  }

  @Test
  void anotherSeedHasOtherChecksums() throws IOException {
    final Path file = folder.resolve("both.csv");
    fingerprint("1", "--out", file);
    fingerprint("2", "--out", file);
    final String[] lines = Files.readAllLines(file).toArray(String[]::new);
    assertEquals(5, lines.length, "the second run was added");
    assertNotEquals(checksum(lines[1]), checksum(lines[3]));
  }

  private static String checksum(final String line) {
    return line.substring(line.lastIndexOf(',') + 1);
  }
}
