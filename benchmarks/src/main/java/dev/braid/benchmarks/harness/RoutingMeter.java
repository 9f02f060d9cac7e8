package dev.braid.benchmarks.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a learner divides events among its experts, from nothing but what each weighed in every
 * prediction. A learner that opens experts as it goes is measured over those that it has had; one
 * that does not weigh any has no figures.
 *
 * @param <R> an event as the contestant takes it
 */
final class RoutingMeter<R> {
  /** Events that are asked about again and again. */
  static final int KEPT = 256;

  /** Events in a row over which routing is looked at for its constancy. */
  static final int STRETCH = 32;

  private final List<R> kept = new ArrayList<>(KEPT);
  private final int[] heaviest = new int[KEPT];
  private long asked;
  private long changed;

  private long events;
  private double entropies;
  private long computed;
  private double[] load = new double[0];

  private double[] stretch = new double[0];
  private int inStretch;
  private long stretches;
  private double groups;
  private double hits;

  /**
   * Takes in a predicted event.
   *
   * @param weights of the experts, at least 0
   * @param chosenFrom the first of them, among which the learner chooses
   */
  void took(final R row, final double[] weights, final int chosenFrom) {
    final int columns = Math.min(chosenFrom, weights.length);
    if (columns == 0) {
      return;
    }
    if (kept.size() < KEPT) {
      kept.add(row);
      heaviest[kept.size() - 1] = -1;
    }
    if (load.length < columns) {
      load = Arrays.copyOf(load, columns);
      stretch = Arrays.copyOf(stretch, columns);
    }
    events++;
    entropies += entropy(weights, columns);
    for (int e = 0; e < weights.length; e++) {
      computed += weights[e] > 0 ? 1 : 0;
    }
    for (int e = 0; e < columns; e++) {
      load[e] += weights[e] > 0 ? 1 : 0;
      stretch[e] += weights[e] > 0 ? 1 : 0;
    }
    if (++inStretch == STRETCH) {
      endStretch();
    }
  }

  private static double entropy(final double[] weights, final int columns) {
    double sum = 0;
    double inner = 0;
    for (int e = 0; e < columns; e++) {
      sum += weights[e];
      inner += weights[e] > 0 ? weights[e] * Math.log(weights[e]) : 0;
    }
    return sum > 0 ? Math.log(sum) - inner / sum : 0;
  }

  /** Experts in the order of how often they were asked: the best group is the first so many. */
  private void endStretch() {
    final double all = Arrays.stream(stretch).sum();
    Arrays.sort(stretch);
    final int cache = (int) Math.rint(2 * all / STRETCH);
    double served = 0;
    double best = 0;
    double found = 0;
    for (int size = 1; size <= stretch.length; size++) {
      served += stretch[stretch.length - size];
      best = Math.max(best, 2 * served / (size * STRETCH + all));
      found = size <= Math.max(1, cache) ? served / all : found;
    }
    if (all > 0) {
      groups += best;
      hits += found;
      stretches++;
    }
    Arrays.fill(stretch, 0);
    inStretch = 0;
  }

  /** Asks about the kept events once more. */
  void askAgain(final Contestant<R> contestant) {
    for (int i = 0; i < kept.size(); i++) {
      final double[] weights = contestant.weightsFor(kept.get(i));
      int now = 0;
      for (int e = 1; e < Math.min(contestant.chosenFrom(), weights.length); e++) {
        now = weights[e] > weights[now] ? e : now;
      }
      if (heaviest[i] >= 0) {
        asked++;
        changed += heaviest[i] == now ? 0 : 1;
      }
      heaviest[i] = now;
    }
  }

  /** The figures so far. */
  CellResult.Routing routing(final long operations) {
    return new CellResult.Routing(
        variation(),
        ratio(entropies, events),
        ratio((double) computed, events),
        ratio((double) changed, asked),
        ratio(groups, stretches),
        ratio(hits, stretches),
        events == 0 || operations == 0 ? Double.NaN : operations);
  }

  private static double ratio(final double sum, final long count) {
    return count == 0 ? Double.NaN : sum / count;
  }

  private double variation() {
    final double mean = Arrays.stream(load).average().orElse(Double.NaN);
    double squares = 0;
    for (final double each : load) {
      squares += (each - mean) * (each - mean);
    }
    return mean > 0 ? Math.sqrt(squares / load.length) / mean : Double.NaN;
  }
}
