package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import picocli.CommandLine;

/** The command as a user runs it, on short streams. */
class BenchCommandTest {
  private static final Pattern CELL =
      Pattern.compile(
          "cell: stream=\\S+ learner=\\S+ seed=\\d+ instances=\\d+ accuracy=\\d\\.\\d+"
              + " kappa_m=-?\\d\\.\\d+ kappa_t=-?\\d\\.\\d+ rows_per_s=\\d+ model_bytes=\\d+");

  @TempDir Path out;

  private final StringWriter printed = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int braid(final String... args) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(printed, true));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(args);
  }

  private int bench(final String streams, final String learners, final String... more) {
    final String[] args = new String[7 + more.length];
    System.arraycopy(
        new String[] {
          "bench", "--streams", streams, "--learners", learners, "--out", out.toString()
        },
        0,
        args,
        0,
        7);
    System.arraycopy(more, 0, args, 7, more.length);
    return braid(args);
  }

  @Test
  void learnersFromAFileAreComparedWithItsControlsAndGoOnWhereTheyWere() throws IOException {
    final Path list = out.resolve("list.txt");
    Files.writeString(list, "nb | control | -\ndriftmoe-task | 1 | more than nb\n");
    final String[] few = {"--instances", "1000"};
    assertEquals(0, bench("sea_a", "@" + list, few), errors.toString());
    final String first = Files.readString(out.resolve("study.md"));
    assertTrue(first.contains("| `driftmoe-task` | 1 | "), first);
    Files.writeString(list, "nb | control | -\ndriftmoe-task | 1 | more than nb\nht | 2 | too\n");
    assertEquals(0, bench("sea_a", "@" + list, few), errors.toString());
    final String second = Files.readString(out.resolve("study.md"));
    assertTrue(second.contains("| `ht` | 2 | "), second);
    final String ofBoth =
        first.lines().filter(l -> l.contains("more than")).findAny().orElseThrow();
    assertTrue(second.contains(ofBoth), "speeds included, for it was not run again");
    assertEquals(2, bench("sea_a", "@" + out.resolve("none.txt"), few));
    assertTrue(errors.toString().contains("There is no file "), errors.toString());
  }

  @Test
  void twentyThousandEventsOfTheBenchmarkEndWithOneLinePerCell() throws IOException {
    assertEquals(
        0,
        bench(
            "led_a,sea_g,rbf_f",
            "driftmoe-data,ht,nb",
            "--instances",
            "20000",
            "--interleave",
            "--detectors",
            "adwin,hddm-w"),
        errors.toString());

    final List<String> lines = printed.toString().lines().toList();
    final List<String> cells = lines.subList(lines.size() - 9, lines.size());
    cells.forEach(cell -> assertTrue(CELL.matcher(cell).matches(), cell));
    assertTrue(cells.get(0).startsWith("cell: stream=led_a learner=driftmoe-data seed=1 "));
    assertTrue(cells.get(8).startsWith("cell: stream=rbf_f learner=nb seed=1 "));
    assertTrue(cells.stream().allMatch(cell -> cell.contains("instances=20000 ")));
    assertEquals(4, lines.stream().filter(line -> line.startsWith("detection: ")).count());
    assertEquals(10, Files.readAllLines(out.resolve("results.csv")).size());
    final String tables = Files.readString(out.resolve("results.md"));
    assertTrue(tables.contains("| *mean rank* |"), tables);
  }

  @Test
  void aLearnerThatTellsOfDriftsIsAlsoJudgedWhereItMissesThemAll() {
    bench("led_a,sea_g", "tame,ht", "--instances", "30000");
    final List<String> judged =
        printed.toString().lines().filter(line -> line.startsWith("detection: ")).toList();
    assertEquals(2, judged.size(), judged::toString);
    assertTrue(
        judged.get(0).contains("stream=led_a by=tame seed=1 drifts=3 found=3"), judged::toString);
    assertTrue(
        judged.get(1).contains("stream=sea_g by=tame seed=1 drifts=3 found=0"), judged::toString);
  }

  @Test
  void thePageHasItsTablesAndDrawsEveryPlot() throws Exception {
    bench("led_a,sea_a", "ht,nb", "--instances", "3000", "--seeds", "1,2");

    final String page = Files.readString(out.resolve("report.html"));
    assertFalse(page.contains("NaN"), "a number could not be drawn");
    assertFalse(page.contains("src=") || page.contains("href="), "the page needs nothing else");
    assertEquals(1, count(page, "<svg class=\"ranks\""));
    assertEquals(2, count(page, "<svg class=\"curves\""));
    assertEquals(2, count(page, "<svg class=\"cost\""));
    assertEquals(4, count(page, "<path class=\"curve\""));
    assertEquals(6, count(page, "<rect class=\"drift\""));
    assertEquals(4, count(page, "<circle"));
    for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
      final Document svg = parse(page.substring(at, page.indexOf("</svg>", at) + 6));
      assertEquals("svg", svg.getDocumentElement().getTagName());
    }
  }

  @Test
  void aBenchmarkGoesOnWhereItWas() {
    bench("led_a", "nb", "--instances", "1000");
    final String first = lastLine();
    bench("led_a", "ht,nb", "--instances", "1000");
    assertEquals(first, lastLine(), "even the time is the one measured first");
  }

  @Test
  void aLateLabelMakesACellOfItsOwn() throws IOException {
    bench("led_a", "nb", "--instances", "2000");
    final String atOnce = lastLine();
    bench("led_a", "nb", "--instances", "2000", "--label-delay", "1000");
    assertFalse(atOnce.equals(lastLine()));
    assertEquals(3, Files.readAllLines(out.resolve("results.csv")).size());
  }

  @Test
  void aRealStreamIsReadAsFarAsItGoes() throws IOException {
    Files.writeString(
        out.resolve("tiny.csv"), "a,colour,label\n" + "1,red,yes\n2,blue,no\n".repeat(50));
    assertEquals(0, bench(out.resolve("tiny.csv").toString(), "driftmoe-data,ht"));
    assertEquals(
        "braid: tiny.csv: CSV in UTF-8, delimited by ',', with a header; 100 rows; 1 numeric (a), 1"
            + " nominal (colour); label 'label', 2 classes (yes, no)",
        errors.toString().lines().findFirst().orElse(""));
    assertTrue(lastLine().contains("instances=100 "), lastLine());
  }

  @Test
  void anUnknownLearnerIsABadArgument() {
    assertEquals(2, bench("led_a", "briad"));
    assertTrue(errors.toString().contains("there is no preset 'briad'"), errors.toString());
  }

  @Test
  void anUnknownStreamIsABadArgument() {
    assertEquals(2, bench("led_x", "nb"));
    assertTrue(errors.toString().contains("'led_x' is not a stream"), errors.toString());
  }

  @Test
  void aFileOfTheUsersIsReadAsTheOptionsSay() throws IOException {
    final Path file = Files.writeString(out.resolve("odd.txt"), "9;a;1\n9;b;2\n".repeat(50));
    assertEquals(
        0, bench(file.toString(), "nb", "--header", "no", "--drop", "c0", "--nominal", "c2"));
    assertTrue(
        errors.toString().contains("1 nominal (c1); label 'c2', 2 classes (1, 2); left out: c0"),
        errors.toString());
    assertEquals(2, bench(file.toString(), "nb", "--drop", "c9"));
    assertTrue(
        errors.toString().contains("odd.txt has no column 'c9', as --drop says"),
        errors.toString());
  }

  @Test
  void aStreamThatNeedsAFolderSaysHowToNameIt() {
    assertEquals(2, bench("elec", "nb", "--data", out.toString()));
    assertTrue(
        errors.toString().contains("no electricity.arff[.xz|.gz] in " + out), errors.toString());
  }

  @Test
  void anUnknownDetectorIsABadArgument() {
    assertEquals(2, bench("led_a", "nb", "--detectors", "adwim"));
    assertTrue(errors.toString().contains("no detector 'adwim'"), errors.toString());
  }

  @Test
  void theHelpNamesPeersAndDetectors() {
    assertEquals(0, braid("bench", "--help"));
    final String help = printed.toString();
    assertTrue(help.contains("moa:meta.AdaptiveRandomForest -s 100 -j 1"), help);
    assertTrue(help.contains("page-hinkley"), help);
    assertTrue(help.contains("driftmoe-data"), help);
  }

  private String lastLine() {
    final List<String> lines = printed.toString().lines().toList();
    return lines.get(lines.size() - 1);
  }

  private static int count(final String text, final String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static Document parse(final String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }
}
