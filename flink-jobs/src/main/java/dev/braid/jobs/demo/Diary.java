package dev.braid.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.jobs.demo.Report.Mark;
import dev.braid.jobs.demo.Report.Point;
import dev.braid.jobs.demo.Report.Share;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the job told of itself on the topics of metrics and drift. */
final class Diary {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PLOTTED = 400;

  private final Set<String> experts = new LinkedHashSet<>();
  private final Thinned<Interval> intervals = new Thinned<>(PLOTTED);
  private final List<Mark> marks = new ArrayList<>();

  private record Interval(long event, Map<String, Double> shares, double entropy) {}

  void metrics(final byte[] json) {
    final JsonNode record = tree(json);
    final Map<String, Double> shares = new HashMap<>();
    for (final Map.Entry<String, JsonNode> share : record.path("expert_share").properties()) {
      experts.add(share.getKey());
      shares.put(share.getKey(), share.getValue().asDouble());
    }
    intervals.offer(
        new Interval(
            record.path("events").asLong(), shares, record.path("weight_entropy").asDouble()));
  }

  void drift(final byte[] json) {
    final JsonNode record = tree(json);
    marks.add(
        new Mark(
            record.path("event").asLong(),
            record.path("kind").asText(),
            record.path("subject").asText(),
            record.path("reason").asText()));
  }

  List<String> experts() {
    return List.copyOf(experts);
  }

  List<Share> shares() {
    return intervals.kept().stream()
        .map(
            interval ->
                new Share(
                    interval.event(),
                    experts.stream().map(e -> interval.shares().getOrDefault(e, 0.0)).toList()))
        .toList();
  }

  List<Point> entropy() {
    return intervals.kept().stream().map(i -> new Point(i.event(), i.entropy())).toList();
  }

  List<Mark> marks() {
    return List.copyOf(marks);
  }

  static JsonNode tree(final byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (final IOException malformed) {
      throw new UncheckedIOException("the job wrote something that is not JSON", malformed);
    }
  }
}
