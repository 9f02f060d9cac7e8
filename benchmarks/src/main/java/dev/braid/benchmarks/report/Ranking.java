package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Learners ranked by accuracy over several streams, after J. Demsar, Statistical Comparisons of
 * Classifiers over Multiple Data Sets, JMLR 7 (2006), section 3.2: the Friedman test says whether
 * they differ at all, the Nemenyi test how far apart two mean ranks must lie.
 *
 * @param meanRanks by learner, best first; equals share the mean of their ranks
 * @param streams number of streams the ranks are means of
 * @param friedman the statistic, chi-squared with one degree of freedom fewer than learners
 * @param pValue chance of that statistic among equals
 * @param criticalDifference of two mean ranks at the level 0.05; NaN beyond 20 learners
 */
record Ranking(
    Map<String, Double> meanRanks,
    int streams,
    double friedman,
    double pValue,
    double criticalDifference) {

  /** Studentised range over the square root of 2, level 0.05, for 2 to 20 learners. */
  private static final double[] NEMENYI = {
    1.960, 2.344, 2.569, 2.728, 2.850, 2.948, 3.031, 3.102, 3.164, 3.219, 3.268, 3.313, 3.354,
    3.391, 3.426, 3.458, 3.489, 3.517, 3.544
  };

  /** Ranks the learners of a table; empty with fewer than two of them or two streams. */
  static Optional<Ranking> of(final ResultTable table) {
    final List<String> streams = table.completeStreams();
    final List<String> learners = table.learners();
    if (streams.size() < 2 || learners.size() < 2) {
      return Optional.empty();
    }
    final double[] sums = new double[learners.size()];
    for (final String stream : streams) {
      final double[] accuracy = new double[learners.size()];
      for (int i = 0; i < accuracy.length; i++) {
        accuracy[i] = table.mean(stream, learners.get(i), (CellResult r) -> r.scores().accuracy());
      }
      final double[] ranks = ranks(accuracy);
      for (int i = 0; i < ranks.length; i++) {
        sums[i] += ranks[i];
      }
    }
    return Optional.of(of(learners, sums, streams.size()));
  }

  private static Ranking of(final List<String> learners, final double[] sums, final int n) {
    final int k = learners.size();
    final double[] means = Arrays.stream(sums).map(sum -> sum / n).toArray();
    double squares = 0;
    for (final double mean : means) {
      squares += mean * mean;
    }
    final double friedman = 12.0 * n / (k * (k + 1)) * (squares - k * (k + 1.0) * (k + 1) / 4);
    final double critical =
        k - 2 < NEMENYI.length ? NEMENYI[k - 2] * Math.sqrt(k * (k + 1) / (6.0 * n)) : Double.NaN;
    final Map<String, Double> sorted = new LinkedHashMap<>();
    Arrays.stream(indexes(k))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> means[i]))
        .forEach(i -> sorted.put(learners.get(i), means[i]));
    return new Ranking(
        sorted,
        n,
        friedman,
        ChiSquaredDistribution.of(k - 1).survivalProbability(friedman),
        critical);
  }

  /** Rank 1 for the greatest value; equals share the mean of their ranks. */
  static double[] ranks(final double[] values) {
    final double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int better = 0;
      int equal = 0;
      for (final double other : values) {
        better += other > values[i] ? 1 : 0;
        equal += other == values[i] ? 1 : 0;
      }
      ranks[i] = better + (equal + 1) / 2.0;
    }
    return ranks;
  }

  private static int[] indexes(final int count) {
    final int[] indexes = new int[count];
    Arrays.setAll(indexes, i -> i);
    return indexes;
  }
}
