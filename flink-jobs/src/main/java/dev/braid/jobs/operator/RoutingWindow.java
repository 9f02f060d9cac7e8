package dev.braid.jobs.operator;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who decided over a span of events: the share of each expert, and how torn they were. */
final class RoutingWindow {

  /** Experts met since the start of the window, and how many events each decided. */
  private final List<String> experts = new ArrayList<>();

  private long[] decided = new long[0];
  private double[] weightSums = new double[0];
  private long events;
  private double entropySum;

  // The pool of the last event, and the place of each of its experts in the lists above.
  private List<String> pool;
  private int[] places;
  private double largestEntropy;

  /**
   * Counts one event.
   *
   * @param newPool names of the experts; the same list object while the pool is the same
   * @param weights weight per member of the pool, sum to 1
   */
  void add(final List<String> newPool, final double[] weights) {
    if (newPool != pool) {
      enter(newPool);
    }
    int largest = 0;
    double entropy = 0;
    for (int e = 0; e < weights.length; e++) {
      if (weights[e] > weights[largest]) {
        largest = e;
      }
      weightSums[places[e]] += weights[e];
      if (weights[e] >= Double.MIN_NORMAL) {
        entropy -= weights[e] * PortableMath.log(weights[e]);
      }
    }
    if (weights.length > 0) {
      decided[places[largest]]++;
    }
    if (weights.length > 1) {
      entropySum += entropy / largestEntropy;
    }
    events++;
  }

  private void enter(final List<String> newPool) {
    places = new int[newPool.size()];
    for (int e = 0; e < places.length; e++) {
      places[e] = experts.indexOf(newPool.get(e));
      if (places[e] < 0) {
        places[e] = experts.size();
        experts.add(newPool.get(e));
      }
    }
    decided = Arrays.copyOf(decided, experts.size());
    weightSums = Arrays.copyOf(weightSums, experts.size());
    largestEntropy = PortableMath.log(places.length);
    pool = newPool;
  }

  /** Share of the window's events that each expert had the largest weight for. */
  Map<String, Double> shares() {
    final Map<String, Double> shares = new LinkedHashMap<>();
    for (int e = 0; e < decided.length; e++) {
      shares.put(experts.get(e), events == 0 ? 0 : (double) decided[e] / events);
    }
    return shares;
  }

  /** Mean weight of each expert over the window's events. */
  Map<String, Double> weights() {
    final Map<String, Double> weights = new LinkedHashMap<>();
    for (int e = 0; e < weightSums.length; e++) {
      weights.put(experts.get(e), events == 0 ? 0 : weightSums[e] / events);
    }
    return weights;
  }

  /** Mean entropy of the weights as a share of the largest possible, 0 to 1. */
  double entropy() {
    return events == 0 ? 0 : entropySum / events;
  }

  long events() {
    return events;
  }

  /** Sum over the window's events of what {@link #entropy()} is the mean of. */
  double entropySum() {
    return entropySum;
  }

  /** Adds the number of events each expert decided to a sum by name. */
  void addDecided(final Map<String, Long> sums) {
    for (int e = 0; e < decided.length; e++) {
      sums.merge(experts.get(e), decided[e], Long::sum);
    }
  }

  /**
   * Layout ({@code RWIN}, version 1): number and names of the experts; of each the events it
   * decided and the sum of its weights; events, sum of the entropies.
   */
  void write(final ImageWriter out) {
    out.begin(ImageKind.ROUTING).putInt(experts.size());
    experts.forEach(out::putString);
    out.putLongs(decided, decided.length)
        .putDoubles(weightSums, weightSums.length)
        .putLong(events)
        .putDouble(entropySum);
  }

  static RoutingWindow read(final ImageReader in) {
    in.begin(ImageKind.ROUTING);
    final RoutingWindow window = new RoutingWindow();
    for (int left = in.getIntIn(0, in.remaining(), "number of experts"); left > 0; left--) {
      window.experts.add(in.getString());
    }
    window.decided = in.getLongs();
    if (window.decided.length != window.experts.size()) {
      throw new MalformedImageException(
          window.decided.length + " counts of " + window.experts.size() + " experts");
    }
    for (final long decided : window.decided) {
      if (decided < 0) {
        throw new MalformedImageException("an expert decided " + decided + " times");
      }
    }
    window.weightSums = in.getDoubles();
    ImageReader.requireIn(window.weightSums, 0, Double.MAX_VALUE, "sum of an expert's weights");
    if (window.weightSums.length != window.experts.size()) {
      throw new MalformedImageException(
          window.weightSums.length + " sums of weights of " + window.experts.size() + " experts");
    }
    window.events = in.getCount("events of an interval");
    window.entropySum = in.getDoubleIn(0, Double.MAX_VALUE, "sum of entropies");
    return window;
  }
}
