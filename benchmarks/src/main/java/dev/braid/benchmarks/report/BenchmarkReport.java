package dev.braid.benchmarks.report;

import dev.braid.benchmarks.detection.Detection;
import dev.braid.benchmarks.harness.CellResult;
import dev.braid.connectors.stream.DriftPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes what a benchmark found, for people: {@code results.md} and {@code report.html}. */
public final class BenchmarkReport {
  private BenchmarkReport() {}

  /**
   * @param folder exists; older reports in it are replaced
   * @param results of one length and one label delay, in the order of the tables
   * @param drifts where each stream is known to change, by its name
   * @param detections how well those were told
   */
  public static void write(
      final Path folder,
      final List<CellResult> results,
      final Map<String, List<DriftPoint>> drifts,
      final List<Detection> detections,
      final Provenance provenance)
      throws IOException {
    final ResultTable table = new ResultTable(results);
    Files.writeString(
        folder.resolve("results.md"), MarkdownReport.of(table, detections, provenance));
    Files.writeString(
        folder.resolve("report.html"), HtmlReport.of(table, drifts, detections, provenance));
  }
}
