package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.jobs.demo.Report.Figure;
import dev.braid.jobs.demo.Report.Mark;
import dev.braid.jobs.demo.Report.Point;
import dev.braid.jobs.demo.Report.Share;
import dev.braid.jobs.demo.Report.TrueDrift;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  @TempDir Path folder;

  @Test
  void everyPlotIsDrawnAndNoScriptFails() throws Exception {
    final Optional<Chromium> browser = Chromium.find();
    assumeTrue(browser.isPresent(), "no Chromium on the path to open the report in");
    final Path page = folder.resolve("report.html");
    ReportPage.write(example("a stream"), page);

    final String document = browser.get().open(page, folder);

    assertFalse(document.contains("data-failure"), "a script failed");
    assertTrue(document.contains("data-ready=\"true\""), "the script did not come to its end");
    for (final String plot : List.of("accuracy", "shares", "entropy")) {
      assertTrue(painted(document, plot, "ink") > 5_000, plot + " is empty");
      assertTrue(painted(document, plot, "points") >= 50, plot + " has lost its points");
    }
  }

  @Test
  void aPageLoadsNothingFromElsewhere() {
    final String html = ReportPage.html(example("a stream"));
    assertFalse(Pattern.compile("(src|href)\\s*=\\s*\"(https?:)?//").matcher(html).find());
    assertFalse(html.contains("@import"));
    assertFalse(html.contains("sourceMappingURL"));
  }

  @Test
  void aNameFromTheStreamCannotEndTheData() {
    final String html = ReportPage.html(example("</script><script>alert(1)</script>"));
    assertEquals(-1, html.indexOf("alert(1)</script>"));
    assertTrue(html.contains("\\u003c/script>\\u003cscript>alert(1)"));
  }

  private static int painted(final String document, final String plot, final String what) {
    final Matcher canvas =
        Pattern.compile("<div [^>]*id=\"" + plot + "\"[^>]*data-" + what + "=\"(\\d+)\"")
            .matcher(document);
    assertTrue(canvas.find(), plot + " was not drawn");
    return Integer.parseInt(canvas.group(1));
  }

  private static Report example(final String name) {
    final SplittableRandom random = new SplittableRandom(7);
    final int experts = 4;
    return new Report(
        name,
        "driftmoe-data",
        1,
        List.of(new Figure("accuracy", "83.8 %")),
        50_000,
        "Accuracy",
        1_000,
        points(random),
        points(random),
        List.of(new TrueDrift(12_000, 13_000), new TrueDrift(30_000, 30_000)),
        List.of(new Mark(12_800, "alarm", "adwin", "the error rose")),
        IntStream.range(0, experts).mapToObj(e -> "e" + e).toList(),
        LongStream.rangeClosed(1, 50).mapToObj(i -> share(i * 1_000, random, experts)).toList(),
        points(random));
  }

  private static List<Point> points(final SplittableRandom random) {
    return LongStream.rangeClosed(1, 50)
        .mapToObj(i -> new Point(i * 1_000, 0.5 + 0.4 * random.nextDouble()))
        .toList();
  }

  private static Share share(final long x, final SplittableRandom random, final int experts) {
    final double[] weights = random.doubles(experts).toArray();
    final double sum = DoubleStream.of(weights).sum();
    return new Share(x, DoubleStream.of(weights).mapToObj(w -> w / sum).toList());
  }
}
