package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Results by stream and learner, the seeds of each taken together. */
final class ResultTable {

  private record Place(String stream, String learner) {}

  private final List<String> streams;
  private final List<String> learners;
  private final Map<Place, List<CellResult>> cells = new LinkedHashMap<>();

  /**
   * @param results of one length and label delay; streams and learners keep their order
   */
  ResultTable(final Collection<CellResult> results) {
    final Set<String> streamNames = new LinkedHashSet<>();
    final Set<String> learnerNames = new LinkedHashSet<>();
    for (final CellResult result : results) {
      final Place place = new Place(result.cell().stream(), result.cell().learner());
      streamNames.add(place.stream());
      learnerNames.add(place.learner());
      cells.computeIfAbsent(place, p -> new ArrayList<>()).add(result);
    }
    streams = List.copyOf(streamNames);
    learners = List.copyOf(learnerNames);
  }

  List<String> streams() {
    return streams;
  }

  List<String> learners() {
    return learners;
  }

  /** One result per seed; empty where nothing ran. */
  List<CellResult> seeds(final String stream, final String learner) {
    return cells.getOrDefault(new Place(stream, learner), List.of());
  }

  /** Mean of a measure over the seeds, NaN where nothing ran. */
  double mean(
      final String stream, final String learner, final ToDoubleFunction<CellResult> measure) {
    return seeds(stream, learner).stream().mapToDouble(measure).average().orElse(Double.NaN);
  }

  /** Sample standard deviation of a measure over the seeds, NaN with fewer than two. */
  double deviation(
      final String stream, final String learner, final ToDoubleFunction<CellResult> measure) {
    final List<CellResult> seeds = seeds(stream, learner);
    if (seeds.size() < 2) {
      return Double.NaN;
    }
    final double mean = mean(stream, learner, measure);
    double squares = 0;
    for (final CellResult seed : seeds) {
      squares += Math.pow(measure.applyAsDouble(seed) - mean, 2);
    }
    return Math.sqrt(squares / (seeds.size() - 1));
  }

  /** The greatest mean of a measure on a stream, NaN where nothing ran. */
  double best(final String stream, final ToDoubleFunction<CellResult> measure) {
    double best = Double.NaN;
    for (final String learner : learners) {
      final double mean = mean(stream, learner, measure);
      if (!(mean <= best) && !Double.isNaN(mean)) {
        best = mean;
      }
    }
    return best;
  }

  /** Streams on which every learner ran: ranks are made of these. */
  List<String> completeStreams() {
    return streams.stream()
        .filter(s -> learners.stream().noneMatch(l -> seeds(s, l).isEmpty()))
        .toList();
  }

  /** The windowed accuracy averaged over the seeds, as long as the shortest of them. */
  List<Double> meanCurve(final String stream, final String learner) {
    final List<CellResult> seeds = seeds(stream, learner);
    final int points = seeds.stream().mapToInt(r -> r.curve().size()).min().orElse(0);
    final List<Double> mean = new ArrayList<>(points);
    for (int i = 0; i < points; i++) {
      double sum = 0;
      for (final CellResult seed : seeds) {
        sum += seed.curve().get(i);
      }
      mean.add(sum / seeds.size());
    }
    return mean;
  }
}
