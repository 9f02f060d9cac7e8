package dev.braid.jobs.topology;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;

/** What Prometheus gets of a cluster: the answer of Flink's own reporter, over HTTP. */
final class Scrape {
  /** A metric's name, and what it is restricted to. */
  private static final Pattern SERIES = Pattern.compile("(flink_[a-zA-Z0-9_]+)(?:\\{([^}]*)})?");

  private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|=)\"([^\"]*)\"");

  /** The labels of each series, by the metric's name. */
  private final Map<String, List<Map<String, String>>> series = new TreeMap<>();

  private Scrape() {}

  /** Settings of a cluster that Prometheus can scrape. */
  static Configuration settings(final int port) {
    final Configuration settings = new Configuration();
    settings.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    settings.setString("metrics.reporter.prom.port", Integer.toString(port));
    return settings;
  }

  static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  static Scrape of(final int port) throws Exception {
    final HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    final Scrape scrape = new Scrape();
    answer.body().lines().filter(line -> line.startsWith("flink_")).forEach(scrape::add);
    return scrape;
  }

  private void add(final String line) {
    final Matcher found = SERIES.matcher(line);
    if (found.lookingAt()) {
      final Map<String, String> labels = new HashMap<>();
      if (found.group(2) != null) {
        LABEL.matcher(found.group(2)).results().forEach(l -> labels.put(l.group(1), l.group(3)));
      }
      series.computeIfAbsent(found.group(1), name -> new ArrayList<>()).add(labels);
    }
  }

  Set<String> names() {
    return series.keySet();
  }

  /** What an expression asks for and no series here answers. */
  List<String> unanswered(final String expression) {
    return SERIES
        .matcher(expression)
        .results()
        .filter(s -> !answers(s.group(1), s.group(2)))
        .map(s -> s.group())
        .toList();
  }

  private boolean answers(final String name, final String restriction) {
    return series.getOrDefault(name, List.of()).stream()
        .anyMatch(labels -> restriction == null || fit(labels, restriction));
  }

  private static boolean fit(final Map<String, String> labels, final String restriction) {
    return LABEL
        .matcher(restriction)
        .results()
        .allMatch(
            wanted -> {
              final String label = labels.getOrDefault(wanted.group(1), "");
              return wanted.group(2).equals("=")
                  ? label.equals(wanted.group(3))
                  : label.matches(wanted.group(3));
            });
  }
}
