package dev.braid.jobs.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Writes a {@link Report} as one HTML page with its plots' script and data inside. */
final class ReportPage {
  private static final String CHARTS =
      "META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";
  private static final String CHARTS_POM = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private ReportPage() {}

  /** Writes the page; replaces one that is there. */
  static void write(final Report report, final Path file) throws IOException {
    Files.writeString(file, html(report));
  }

  static String html(final Report report) {
    return own("report.html")
        .replace("/*STYLE*/", own("report.css"))
        .replace("/*DATA*/", json(report))
        .replace("/*CHARTS*/", charts())
        .replace("/*SCRIPT*/", own("report.js"));
  }

  /** JSON inside a script element: the only danger is an end tag in a text. */
  private static String json(final Report report) {
    try {
      return new ObjectMapper().writeValueAsString(report).replace("<", "\\u003c");
    } catch (final JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static String charts() {
    final Properties pom = new Properties();
    try (InputStream in = open(CHARTS_POM)) {
      pom.load(in);
    } catch (final IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return text(CHARTS.formatted(pom.getProperty("version")))
        .replace("//# sourceMappingURL=chart.umd.min.js.map", "");
  }

  private static String own(final String name) {
    return text("dev/braid/jobs/demo/" + name);
  }

  private static String text(final String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static InputStream open(final String resource) {
    final InputStream in = ReportPage.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("'" + resource + "' is not on the class path");
    }
    return in;
  }
}
