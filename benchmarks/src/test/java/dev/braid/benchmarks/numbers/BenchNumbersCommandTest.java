package dev.braid.benchmarks.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a user runs it, on short streams. */
class BenchNumbersCommandTest {
  @TempDir Path out;

  private final StringWriter printed = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int bench(final String streams, final String learners) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(printed, true));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(
        "bench-numbers",
        "--streams",
        streams,
        "--learners",
        learners,
        "--instances",
        "1500",
        "--out",
        out.toString());
  }

  @Test
  void endsWithOneLinePerRunAndTablesOfThem() throws IOException {
    assertEquals(0, bench("fried_a,hyper", "braid,fimtdd"), errors.toString());
    final List<String> lines = printed.toString().lines().toList();
    assertEquals(4, lines.size());
    assertTrue(lines.get(0).startsWith("cell: stream=fried_a learner=braid seed=1 "), lines.get(0));
    final String page = Files.readString(out.resolve("results.md"));
    assertTrue(page.contains("| stream, events | braid | fimtdd |"), page);
  }

  @Test
  void goesOnWhereItWas() throws IOException {
    assertEquals(0, bench("hyper", "fimtdd"), errors.toString());
    final String first = printed.toString();
    final List<String> kept = Files.readAllLines(out.resolve("results.csv"));
    assertEquals(0, bench("hyper", "fimtdd,knn-reg"), errors.toString());
    assertEquals(
        first, printed.toString().substring(first.length()).lines().findFirst().orElse("") + "\n");
    assertEquals(kept, Files.readAllLines(out.resolve("results.csv")).subList(0, kept.size()));
  }

  @Test
  void namesAnUnknownStream() {
    assertEquals(2, bench("oak", "fimtdd"));
    assertTrue(errors.toString().contains("'oak'"), errors.toString());
  }
}
