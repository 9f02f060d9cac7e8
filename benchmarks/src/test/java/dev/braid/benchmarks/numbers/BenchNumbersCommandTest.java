package dev.braid.benchmarks.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Schema;
import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a user runs it, on short streams. */
class BenchNumbersCommandTest {
  private static final Schema FEW = Schema.ofQuantity(Schema.numeric(2, 0).features());

  @TempDir Path out;

  private final StringWriter printed = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int bench(final String streams, final String learners, final String... more) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(printed, true));
    line.setErr(new PrintWriter(errors, true));
    final List<String> arguments = new ArrayList<>(List.of("bench-numbers", "--streams", streams));
    arguments.addAll(List.of("--learners", learners, "--out", out.toString()));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--instances")) {
      arguments.addAll(List.of("--instances", "1500"));
    }
    return line.execute(arguments.toArray(String[]::new));
  }

  @Test
  void endsWithOneLinePerRunAndTablesOfThem() throws IOException {
    assertEquals(0, bench("fried_a,hyper", "braid,fimtdd"), errors.toString());
    final List<String> lines = printed.toString().lines().toList();
    assertEquals(4, lines.size());
    assertTrue(lines.get(0).startsWith("cell: stream=fried_a learner=braid seed=1 "), lines.get(0));
    final String page = Files.readString(out.resolve("results.md"));
    assertTrue(page.contains("| stream, events | braid | fimtdd |"), page);
    assertTrue(page.contains("\n| mean rank | 1.00 | 2.00 |\n"), page);
  }

  /** A learner without intervals has no column where coverage is. */
  @Test
  void intervalsOfMoaAreMeasuredBesideOurs() throws IOException {
    final String learners = "braid(experts=rls+mean),fimtdd,mve";
    assertEquals(0, bench("fried", learners, "--instances", "6000"), errors.toString());
    final String page = Files.readString(out.resolve("results.md"));
    final String ours = "braid(experts=rls+mean)";
    assertTrue(
        page.contains(
            "the intervals, mean of the seeds\n\n| stream, events | " + ours + " | mve |"),
        page);
    for (final String line : printed.toString().lines().toList()) {
      final boolean has = !line.contains("learner=fimtdd");
      final double low = figure(line, "coverage_low");
      final double all = figure(line, "coverage");
      assertEquals(has, low > 0.85 && low <= all && all <= figure(line, "coverage_high"), line);
    }
  }

  @Test
  void theWorstCoverageIsOfFiveThousandEventsInARow() {
    final WorstCoverage worst = new WorstCoverage();
    for (int t = 0; t < 4_999; t++) {
      worst.add(true);
    }
    assertTrue(Double.isNaN(worst.low()) && Double.isNaN(worst.high()));
    worst.add(false);
    assertEquals(0.9998, worst.low());
    assertEquals(0.9998, worst.high());
    for (int t = 0; t < 12_000; t++) {
      worst.add(t % 5 != 0);
    }
    assertEquals(0.7998, worst.low());
    assertEquals(0.9998, worst.high());
  }

  /** Before it is trained for the first time it says the mean, which has an R2 of 0. */
  @Test
  void xgboostIsTrainedAnewAsLabelsCome() {
    final String often = "xgboost(every=100,window=800,rounds=30)";
    assertEquals(0, bench("fried", often + ",xgboost(every=2000)"), errors.toString());
    final List<String> lines = printed.toString().lines().toList();
    assertTrue(r2(lines.get(0)) > 0.5, lines.get(0));
    assertEquals(0, r2(lines.get(1)), 0.02, lines.get(1));
    assertEquals(2, bench("fried", "xgboost(often=1)"));
    assertTrue(errors.toString().contains("has no option 'often'"), errors.toString());
  }

  @Test
  void labelsThatComeLateTeachLaterAndAreRunsOfTheirOwn() throws IOException {
    final String learners = "braid(experts=rls+mean),knn-reg";
    assertEquals(0, bench("fried", learners), errors.toString());
    assertEquals(0, bench("fried", learners, "--label-delay", "700"), errors.toString());
    final List<String> lines = printed.toString().lines().toList();
    for (int learner = 0; learner < 2; learner++) {
      assertTrue(lines.get(2 + learner).contains(" label_delay=700 "), lines.get(2 + learner));
      assertTrue(r2(lines.get(2 + learner)) < r2(lines.get(learner)) - 0.1, lines.toString());
    }
    assertEquals(0, bench("fried", learners, "--label-delay", "1500"), errors.toString());
    final String never = printed.toString().lines().toList().get(4);
    assertTrue(r2(never) < r2(lines.get(2)) - 0.1, "without a label nothing is learned: " + never);
    final String page = Files.readString(out.resolve("results.md"));
    assertTrue(page.contains("| fried, 1500, labels 700 events late |"), page);
    assertEquals(2, bench("fried", learners, "--label-delay", "-1"));
  }

  /** A benchmark goes on from the results that are committed. */
  @Test
  void everyLineOfTheCommittedResultsIsARunOfALearnerThatThereIs() throws IOException {
    final Path committed = Path.of("results", "regression");
    final List<String> lines = Files.readAllLines(committed.resolve("results.csv"));
    assertTrue(lines.size() > 6, "few runs");
    final NumberResults results = NumberResults.open(committed);
    for (final String line : lines.subList(1, lines.size())) {
      final String[] cell = line.split(",");
      NumberLearner.open(cell[1], Long.parseLong(cell[2]), FEW);
      assertTrue(
          results
              .find(
                  cell[0],
                  cell[1],
                  Long.parseLong(cell[2]),
                  Long.parseLong(cell[3]),
                  Integer.parseInt(cell[4]))
              .isPresent(),
          line);
      assertTrue(NumberStream.names().containsKey(cell[0]), line);
    }
  }

  private static double r2(final String line) {
    return figure(line, "r2");
  }

  private static double figure(final String line, final String name) {
    return Double.parseDouble(line.replaceFirst(".* " + name + "=(\\S+) .*", "$1"));
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
  void learnersThatTakeTurnsSayTheSameAndARunIsMadeAgainWhenAskedFor() throws IOException {
    final String learners = "braid(experts=rls+mean),fimtdd";
    assertEquals(0, bench("fried", learners), errors.toString());
    final List<String> apart =
        printed.toString().lines().map(BenchNumbersCommandTest::untimed).toList();
    assertEquals(0, bench("fried", learners, "--interleave", "--redo", learners));
    final List<String> all =
        printed.toString().lines().map(BenchNumbersCommandTest::untimed).toList();
    assertEquals(apart, all.subList(2, 4));
    assertEquals(3, Files.readAllLines(out.resolve("results.csv")).size(), "each run once");
    assertEquals(0, bench("fried", learners), errors.toString());
    final List<String> lines = printed.toString().lines().toList();
    assertEquals(lines.subList(2, 4), lines.subList(4, 6), "made again, and kept");
  }

  private static String untimed(final String line) {
    return line.replaceFirst(" rows_per_s=\\S+", "");
  }

  @Test
  void namesAnUnknownStream() {
    assertEquals(2, bench("oak", "fimtdd"));
    assertTrue(errors.toString().contains("'oak'"), errors.toString());
  }
}
