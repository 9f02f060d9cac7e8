package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Results are committed as figures; a page for the browser is made of them when one is wanted. */
class GeneratedPagesTest {
  private static final Path RESULTS = Path.of("results");

  /** Streams that need no file. */
  private static final Set<String> GENERATED =
      Set.of("led_a", "led_g", "sea_a", "sea_g", "rbf_m", "rbf_f");

  @TempDir Path folder;

  private static List<String> git(final String... arguments) throws Exception {
    final List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    final Process git = new ProcessBuilder(command).start();
    final List<String> lines =
        new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertTrue(git.waitFor(1, TimeUnit.MINUTES));
    assumeTrue(git.exitValue() == 0, "this is no clone");
    return lines;
  }

  @Test
  void noPageIsCommitted() throws Exception {
    final List<String> committed = git("ls-files", "--", RESULTS.toString());
    assertTrue(committed.contains("results/results.csv"), committed.toString());
    assertEquals(List.of(), committed.stream().filter(file -> file.endsWith(".html")).toList());
  }

  @Test
  void aPageThatIsMadeThereStaysOut() throws Exception {
    final List<String> pages = List.of("results/report.html", "results/late/report.html");
    assertEquals(pages, git("check-ignore", pages.get(0), pages.get(1)));
  }

  /** By the command in the first line of the tables, which finds all its runs made. */
  @ParameterizedTest
  @ValueSource(strings = {"results", "results/late", "results/million"})
  void onePageIsMadeOfWhatIsCommittedByOneCommand(final String results) throws IOException {
    final Path committed = Path.of(results, "results.csv");
    final Path figures = Files.copy(committed, folder.resolve("results.csv"));
    final String tables = Files.readString(Path.of(results, "results.md"));
    final int from = tables.indexOf("`./braid bench ") + "`./braid ".length();
    final List<String> words =
        List.of(tables.substring(from, tables.indexOf('`', from)).split(" "));
    final List<String> arguments = new ArrayList<>(words);
    arguments.set(1 + words.indexOf("--out"), folder.toString());
    final int streams = 1 + words.indexOf("--streams");
    arguments.set(
        streams,
        String.join(
            ",",
            List.of(words.get(streams).split(",")).stream().filter(GENERATED::contains).toList()));

    final StringWriter errors = new StringWriter();
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(errors, true));
    assertEquals(0, line.execute(arguments.toArray(String[]::new)), errors.toString());

    assertArrayEquals(
        Files.readAllBytes(committed), Files.readAllBytes(figures), "nothing was run again");
    final String page = Files.readString(folder.resolve("report.html"));
    assertTrue(page.contains("<svg class=\"curves\"") && page.contains("braid"), page);
  }
}
