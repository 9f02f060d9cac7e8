package dev.braid.benchmarks.jmh;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/** The figures of a run of JMH, by benchmark and parameters. */
final class JmhScores {
  private final Collection<RunResult> results;

  JmhScores(final Collection<RunResult> results) {
    this.results = results;
  }

  /**
   * Operations a second.
   *
   * @param benchmark class and method
   * @param parameters that the run must have had
   */
  double rate(final String benchmark, final Map<String, String> parameters) {
    return find(benchmark, parameters).getPrimaryResult().getScore();
  }

  /** What a counter counted in a second. */
  double counter(
      final String benchmark, final Map<String, String> parameters, final String counter) {
    return secondary(benchmark, parameters, counter);
  }

  /** Bytes allocated by one operation. */
  double bytes(final String benchmark, final Map<String, String> parameters) {
    return secondary(benchmark, parameters, "gc.alloc.rate.norm");
  }

  // JMH's own map holds results of the raw type.
  @SuppressWarnings("rawtypes")
  private double secondary(
      final String benchmark, final Map<String, String> parameters, final String name) {
    for (final var result : find(benchmark, parameters).getSecondaryResults().entrySet()) {
      if (result.getKey().endsWith(name)) {
        return result.getValue().getScore();
      }
    }
    throw new IllegalStateException(benchmark + " has no figure '" + name + "'");
  }

  private RunResult find(final String benchmark, final Map<String, String> parameters) {
    for (final RunResult result : results) {
      final boolean matches =
          result.getParams().getBenchmark().endsWith("." + benchmark)
              && parameters.entrySet().stream()
                  .allMatch(p -> p.getValue().equals(result.getParams().getParam(p.getKey())));
      if (matches) {
        return result;
      }
    }
    throw new IllegalStateException("no run of " + benchmark + " with " + parameters);
  }
}
