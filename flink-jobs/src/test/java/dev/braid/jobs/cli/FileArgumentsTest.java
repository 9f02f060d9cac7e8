package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a user may say about a file, and what a command says back. */
class FileArgumentsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"demo", "produce"})
  void everyCommandThatReadsFilesTakesTheSameOptions(final String command) {
    execute(command, "--help");
    for (final String option :
        List.of(
            "--delimiter",
            "--quote",
            "--header",
            "--decimal",
            "--missing",
            "--encoding",
            "--label-column",
            "--drop",
            "--nominal",
            "--numeric",
            "--data")) {
      assertTrue(out.toString().contains(option + "="), option);
    }
  }

  @Test
  void aCommandSaysInOneLineHowItUnderstoodAFileBeforeItStarts() throws IOException {
    assertEquals(1, produce("A;B;class\n1,1;2,2;p\n1,5;2,7;q\n"));
    assertEquals(
        "braid: odd.csv: CSV in UTF-8, delimited by ';', with a header, with decimal commas; 2"
            + " rows; 2 numeric (A, B), no nominal; label 'class', 2 classes (p, q)",
        err.toString().lines().findFirst().orElse(""));
    assertTrue(err.toString().contains("no Kafka broker answers"), err.toString());
  }

  @Test
  void whatTheUserSaysIsTaken() throws IOException {
    produce(
        "1|x,y|'u'|a\n2|-9|'v'|b\n",
        "--delimiter=pipe",
        "--quote='",
        "--header=no",
        "--missing=-9,none",
        "--encoding=UTF-8",
        "--nominal=c0",
        "--drop=c2",
        "--decimal=point",
        "--label-column",
        "c3");
    assertTrue(
        err.toString().contains("without a header; 2 rows; no numeric, 2 nominal (c0, c1)"),
        err.toString());
    assertTrue(err.toString().contains("label 'c3', 2 classes (a, b); left out: c2"));
  }

  @Test
  void namesWithCommasAreGivenInQuotes() throws IOException {
    produce("\"x, y\",z,w,class\n1,2,3,a\n4,5,6,b\n", "--drop", "\"x, y\",z");
    assertTrue(err.toString().contains("left out: x, y, z"), err.toString());
  }

  @Test
  void aNumericTargetIsNamedAsSuch() throws IOException {
    produce("x,price\n1,10.5\n2,11\n3,9.25\n");
    assertTrue(
        err.toString().contains("label 'price', a number to be predicted (--nominal for classes)"),
        err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--delimiter=ab # --delimiter cannot be 'ab': it takes one character",
        "--header=maybe # --header cannot be 'maybe': it takes yes or no",
        "--decimal=. # --decimal cannot be '.': it takes point or comma",
        "--encoding=utf-9 # --encoding cannot be 'utf-9': it takes the name of one, such as UTF-8",
        "--encoding=? # --encoding cannot be '?': it takes the name of one, such as UTF-8",
        "--drop=a,,b # --drop takes names separated by commas, and one is empty",
        "--drop=zip # odd.csv has no column 'zip', as --drop says; it has x, class",
      })
  void whatCannotBeIsRefusedInOneSentence(final String option, final String expected)
      throws IOException {
    assertEquals(2, produce("x,class\n1,a\n2,b\n", option));
    assertTrue(err.toString().contains(expected), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  private int produce(final String text, final String... options) throws IOException {
    final Path file = Files.writeString(folder.resolve("odd.csv"), text);
    final List<String> words = new ArrayList<>(List.of("produce", "--stream", file.toString()));
    words.addAll(List.of("--bootstrap-servers", "127.0.0.1:1", "--topic", "events"));
    words.addAll(List.of("--property", "default.api.timeout.ms=200"));
    words.addAll(List.of("--property", "request.timeout.ms=200"));
    words.addAll(List.of("--out", folder.toString()));
    words.addAll(List.of(options));
    return execute(words.toArray(String[]::new));
  }

  private int execute(final String... args) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }
}
