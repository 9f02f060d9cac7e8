package dev.braid.benchmarks.harness;

import dev.braid.connectors.stream.DriftPoint;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.List;

/** Runs a plan, run by run, and keeps what is finished. */
public final class Benchmark {
  private static final String MOA = "moa:";

  /**
   * What came of a plan.
   *
   * @param results of the cells that were finished, now or before, in the plan's order
   * @param failures a sentence for each run that ended by an exception
   */
  public record Outcome(List<CellResult> results, List<String> failures) {
    public Outcome {
      results = List.copyOf(results);
      failures = List.copyOf(failures);
    }
  }

  private final BenchPlan plan;
  private final StreamOpener streams;
  private final LearnerOpener learners;
  private final ResultsFile file;

  /**
   * @param file where finished runs are kept; those it already has are not made again
   */
  public Benchmark(
      final BenchPlan plan,
      final StreamOpener streams,
      final LearnerOpener learners,
      final ResultsFile file) {
    this.plan = plan;
    this.streams = streams;
    this.learners = learners;
    this.file = file;
  }

  /**
   * Checks that every stream and every learner can be opened, so that a mistyped name is found at
   * the start and not after hours.
   *
   * @throws IllegalArgumentException at the first that cannot, in a sentence for the user
   */
  public void check() {
    for (final String stream : plan.streams()) {
      try (InstanceSource source = streams.open(stream, plan.limit())) {
        for (final String learner : plan.learners()) {
          contestant(learner, 1, source.schema());
        }
      }
    }
  }

  /**
   * Runs what is not finished yet. A learner that throws ends its own run alone, and is told of at
   * once and at the end: a peer that breaks down on one stream of twenty costs nobody the others.
   *
   * @return the result of every cell of the plan that has one, in its order
   */
  public Outcome run(final Progress progress) {
    final List<List<Cell>> open = plan.runs().stream().filter(this::isOpen).toList();
    progress.begin(plan.cells().size(), open);
    progress.finished(file.results());
    final List<String> failures = new ArrayList<>();
    for (final List<Cell> run : open) {
      try {
        final List<CellResult> results = run(run, progress);
        file.add(results);
        progress.finished(results);
      } catch (final TrialException e) {
        failures.add(e.getMessage());
        progress.failed(e);
      }
    }
    progress.end();
    return new Outcome(
        plan.cells().stream().flatMap(cell -> file.find(cell).stream()).toList(), failures);
  }

  /** Times compare only within one pass: interleaved runs are made together or not at all. */
  private boolean isOpen(final List<Cell> run) {
    return !run.stream()
        .allMatch(
            cell ->
                file.find(cell)
                    .filter(result -> !plan.interleave() || result.cost().interleaved())
                    .isPresent());
  }

  private List<CellResult> run(final List<Cell> run, final Progress progress) {
    final Cell first = run.get(0);
    try (InstanceSource source = streams.open(first.stream(), first.limit())) {
      final List<DriftPoint> drifts = streams.driftPoints(first.stream(), first.limit());
      final List<Trial<?>> trials = new ArrayList<>(run.size());
      for (final Cell cell : run) {
        final Contestant<?> contestant = contestant(cell.learner(), cell.seed(), source.schema());
        trials.add(new Trial<>(cell, contestant, Run.CHUNK, drifts));
      }
      progress.begins(run);
      return new Run(source, trials).run(events -> progress.events(events, trials));
    }
  }

  private Contestant<?> contestant(final String learner, final long seed, final Schema schema) {
    if (learner.startsWith(MOA)) {
      return new MoaContestant(learner.substring(MOA.length()), seed, schema);
    }
    final Term term = Term.parse(learner);
    if (Peers.REGISTRY.has(term.name())) {
      return Peers.open(term, seed, schema);
    }
    return new BraidContestant(learners.open(learner, seed, schema));
  }
}
