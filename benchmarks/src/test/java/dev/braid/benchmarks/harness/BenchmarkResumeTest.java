package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Schema;
import dev.braid.moa.MoaSource;
import dev.braid.router.Learner;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkResumeTest {
  private static final Progress SILENT =
      new Progress(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

  /** Throws at the 1,501st event. */
  private static final String BREAKS = "breaks";

  @TempDir Path folder;

  private final List<String> opened = new ArrayList<>();

  private Benchmark benchmark(final boolean interleave, final String... learners) {
    return new Benchmark(
        new BenchPlan(
            List.of("generators.LEDGeneratorDrift"),
            List.of(learners),
            List.of(1L),
            2_000,
            0,
            interleave),
        (stream, length) -> {
          opened.add(stream);
          return new MoaSource(stream);
        },
        (learner, seed, schema) -> {
          if (learner.equals(BREAKS)) {
            return breaking(schema);
          }
          throw new IllegalArgumentException("there is no learner '" + learner + "'");
        },
        ResultsFile.open(folder.resolve("results.csv")));
  }

  private static Learner breaking(final Schema schema) {
    final AtomicInteger events = new AtomicInteger();
    return (Learner)
        Proxy.newProxyInstance(
            Learner.class.getClassLoader(),
            new Class<?>[] {Learner.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("schema")) {
                return schema;
              }
              if (method.getName().equals("testThenTrain") && events.incrementAndGet() > 1_500) {
                throw new IllegalStateException("no neighbours are left");
              }
              final Class<?> type = method.getReturnType();
              return type == List.class
                  ? List.of()
                  : type == void.class ? null : Array.get(Array.newInstance(type, 1), 0);
            });
  }

  @Test
  void finishedCellsAreNotRunAgain() {
    final List<CellResult> first = benchmark(false, "ht").run(SILENT).results();
    opened.clear();

    final List<CellResult> second = benchmark(false, "ht", "nb").run(SILENT).results();

    assertEquals(1, opened.size(), "only nb was to be run");
    assertEquals(first.get(0), second.get(0));
    assertEquals("nb", second.get(1).cell().learner());
  }

  @Test
  void theLearnersOfOneStreamRunInTurnOnOnePass() {
    final List<CellResult> results = benchmark(true, "ht", "nb").run(SILENT).results();

    assertEquals(1, opened.size());
    assertTrue(results.stream().allMatch(result -> result.cost().interleaved()));
  }

  @Test
  void aPassInTurnIsMadeAgainWhereOneOfItsLearnersIsMissing() {
    benchmark(false, "ht").run(SILENT);

    final List<CellResult> results = benchmark(true, "ht", "nb").run(SILENT).results();

    assertTrue(results.get(0).cost().interleaved(), "timed apart, ht would not compare");
  }

  @Test
  void whatIsRemovedIsRunAgain() {
    benchmark(false, "ht", "nb").run(SILENT).results();
    opened.clear();
    ResultsFile.open(folder.resolve("results.csv")).remove(c -> c.learner().equals("nb"));

    benchmark(false, "ht", "nb").run(SILENT);

    assertEquals(1, opened.size());
  }

  /** MOA's SAMkNN breaks down on streams where one of its memories runs empty. */
  @Test
  void aLearnerThatThrowsEndsItsOwnRunAlone() {
    final Benchmark.Outcome outcome = benchmark(false, BREAKS, "nb").run(SILENT);

    assertEquals(List.of("nb"), outcome.results().stream().map(r -> r.cell().learner()).toList());
    assertEquals(
        List.of(
            "breaks on generators.LEDGeneratorDrift, seed 1, failed behind 1,000 events:"
                + " java.lang.IllegalStateException: no neighbours are left"),
        outcome.failures());
    assertEquals(1, ResultsFile.open(folder.resolve("results.csv")).results().size());
  }

  @Test
  void theFileGivesBackEveryFigure() {
    final List<CellResult> written = benchmark(false, "ht", "nb").run(SILENT).results();

    assertEquals(written, List.copyOf(ResultsFile.open(folder.resolve("results.csv")).results()));
  }

  @Test
  void aMistypedLearnerIsFoundBeforeAnythingRuns() {
    final IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> benchmark(false, "ht", "briad").check());
    assertEquals("there is no learner 'briad'", e.getMessage());
  }

  @Test
  void aForeignFileIsNotOverwritten() throws IOException {
    Files.writeString(folder.resolve("results.csv"), "a,b\n1,2\n");
    final IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> benchmark(false, "ht"));
    assertTrue(e.getMessage().contains("is not a file of benchmark results"), e.getMessage());
    assertEquals("a,b\n1,2\n", Files.readString(folder.resolve("results.csv")));
  }
}
