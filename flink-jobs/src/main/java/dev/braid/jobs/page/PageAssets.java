package dev.braid.jobs.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Scripts and styles on the class path. */
public final class PageAssets {
  private static final String OWN = "dev/braid/jobs/";
  private static final String PLOTS = "META-INF/resources/webjars/uplot/%s/dist/";
  private static final String PLOTS_POM = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private PageAssets() {}

  /** Whether the library of the plots is here; the job jar goes without. */
  public static boolean complete() {
    return PageAssets.class.getClassLoader().getResource(PLOTS_POM) != null;
  }

  /**
   * A file of ours.
   *
   * @param name below the package of the jobs, as {@code page/charts.js}
   */
  public static String own(final String name) {
    return text(OWN + name);
  }

  /** The script of the plots: uPlot, MIT. */
  public static String plotsScript() {
    return text(plots() + "uPlot.iife.min.js");
  }

  /** The style of the plots. */
  public static String plotsStyle() {
    return text(plots() + "uPlot.min.css");
  }

  private static String plots() {
    final Properties pom = new Properties();
    try (InputStream in = open(PLOTS_POM)) {
      pom.load(in);
    } catch (final IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return PLOTS.formatted(pom.getProperty("version"));
  }

  private static String text(final String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (final IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static InputStream open(final String resource) {
    final InputStream in = PageAssets.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("'" + resource + "' is not on the class path");
    }
    return in;
  }
}
