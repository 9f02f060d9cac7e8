package dev.braid.jobs.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.jobs.page.PageAssets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a {@link Report} as one HTML page with its plots' script and data inside. */
final class ReportPage {
  private ReportPage() {}

  /** Writes the page; replaces one that is there. */
  static void write(final Report report, final Path file) throws IOException {
    Files.writeString(file, html(report));
  }

  static String html(final Report report) {
    return PageAssets.own("demo/report.html")
        .replace("/*STYLE*/", PageAssets.plotsStyle() + PageAssets.own("page/page.css"))
        .replace("/*DATA*/", json(report))
        .replace("/*PLOTS*/", PageAssets.plotsScript())
        .replace("/*CHARTS*/", PageAssets.own("page/charts.js"))
        .replace("/*SCRIPT*/", PageAssets.own("demo/report.js"));
  }

  /** JSON inside a script element: the only danger is an end tag in a text. */
  private static String json(final Report report) {
    try {
      return new ObjectMapper().writeValueAsString(report).replace("<", "\\u003c");
    } catch (final JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
