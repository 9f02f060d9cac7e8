package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class DemosAtOnceTest {
  @TempDir Path folder;

  @Test
  void twoDemosWithOneFolderDoNotDisturbEachOther() throws Exception {
    final Path out = folder.resolve("demo");
    try (BraidProcess first = demo(out);
        BraidProcess second = demo(out)) {
      assertEquals(0, first.await(), first.said());
      assertEquals(0, second.await(), second.said());
      for (final BraidProcess demo : new BraidProcess[] {first, second}) {
        assertTrue(demo.said().contains("summary: in=2000 predictions=2000"), demo.said());
      }
    }
    assertTrue(Files.exists(out.resolve("report.html")));
    assertTrue(Files.exists(folder.resolve("demo-2").resolve("report.html")));
  }

  /** With the ports of the web page that are the default, of which each takes one. */
  private BraidProcess demo(final Path out) throws Exception {
    return BraidProcess.start(
        folder.resolve("tmp"), "demo", "--records", "2000", "--out", out.toString());
  }
}
