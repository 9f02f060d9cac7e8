package dev.braid.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark is asked to do.
 *
 * @param streams in the order of the tables
 * @param learners in the order of the tables; none where only detectors run
 * @param seeds of the learners
 * @param limit events per stream at the most
 * @param labelDelay events between a prediction and its label
 * @param interleave whether the learners of a stream and seed run side by side, chunk by chunk
 */
public record BenchPlan(
    List<String> streams,
    List<String> learners,
    List<Long> seeds,
    long limit,
    int labelDelay,
    boolean interleave) {

  public BenchPlan {
    streams = List.copyOf(streams);
    learners = List.copyOf(learners);
    seeds = List.copyOf(seeds);
    if (streams.isEmpty() || seeds.isEmpty()) {
      throw new IllegalArgumentException("a benchmark needs at least one stream and one seed");
    }
    if (limit < 1 || labelDelay < 0) {
      throw new IllegalArgumentException(
          "a benchmark needs at least one event and no negative delay of labels");
    }
  }

  /** Every run of the plan: stream by stream, seed by seed, learner by learner. */
  public List<Cell> cells() {
    return runs().stream().flatMap(List::stream).toList();
  }

  /** The runs that share one pass over their stream. */
  List<List<Cell>> runs() {
    final List<List<Cell>> runs = new ArrayList<>();
    for (final String stream : streams) {
      for (final long seed : seeds) {
        final List<Cell> run = new ArrayList<>();
        for (final String learner : learners) {
          run.add(new Cell(stream, learner, seed, limit, labelDelay));
        }
        if (interleave && !run.isEmpty()) {
          runs.add(run);
        } else {
          run.forEach(cell -> runs.add(List.of(cell)));
        }
      }
    }
    return runs;
  }
}
