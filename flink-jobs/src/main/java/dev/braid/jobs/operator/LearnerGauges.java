package dev.braid.jobs.operator;

import dev.braid.state.keyed.WorkingSet;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Flink gauges of one subtask under the group {@code braid}, over its hot models: counts are sums,
 * ratios are means weighted by events, so that for a single model they are its own.
 *
 * <p>Reporters read from threads of their own: they see figures that the task's thread published
 * last.
 */
final class LearnerGauges {
  /** Experts beyond get no gauge of their own: pools of many models differ in their names. */
  private static final int MOST_EXPERTS = 256;

  /** Where more models are hot, counting them takes several refreshes. */
  static final int MODELS_A_REFRESH = 1_000;

  private final MetricGroup group;
  private final WorkingSet<String, ModelSession> models;
  private final ModelStore store;
  private final LongSupplier modelsExpired;
  private final Set<String> experts = new HashSet<>();
  private List<WeakReference<ModelSession>> round = List.of();
  private int next;
  private HotModelSums sums = new HotModelSums();
  private volatile Figures figures = Figures.NONE;

  /** What is shown at one moment. */
  record Figures(
      long events,
      long labelled,
      double accuracy,
      double kappaM,
      double mae,
      double coverage,
      long drifts,
      double weightEntropy,
      Map<String, Double> expertShare,
      long stateBytes,
      long pending,
      long expired,
      long ignoredValues,
      long models,
      long modelsExpired,
      long workingSetBytes,
      long workingSetHits,
      long workingSetLoads,
      long workingSetEvictions,
      long bytesWritten) {
    static final Figures NONE =
        new Figures(0, 0, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  LearnerGauges(
      final MetricGroup operatorGroup,
      final WorkingSet<String, ModelSession> models,
      final ModelStore store,
      final LongSupplier modelsExpired) {
    this.group = operatorGroup.addGroup("braid");
    this.models = models;
    this.store = store;
    this.modelsExpired = modelsExpired;
    count("events", Figures::events);
    count("labelled", Figures::labelled);
    ratio("accuracy", Figures::accuracy);
    ratio("kappa_m", Figures::kappaM);
    ratio("mae", Figures::mae);
    ratio("coverage", Figures::coverage);
    count("drift_count", Figures::drifts);
    ratio("weight_entropy", Figures::weightEntropy);
    count("state_bytes", Figures::stateBytes);
    count("pending", Figures::pending);
    count("expired", Figures::expired);
    count("ignored_values", Figures::ignoredValues);
    count("models", Figures::models);
    count("models_expired", Figures::modelsExpired);
    count("working_set_bytes", Figures::workingSetBytes);
    count("working_set_hits", Figures::workingSetHits);
    count("working_set_loads", Figures::workingSetLoads);
    count("working_set_evictions", Figures::workingSetEvictions);
    count("state_bytes_written", Figures::bytesWritten);
  }

  private void count(final String name, final ToLongFunction<Figures> figure) {
    final Gauge<Long> gauge = () -> figure.applyAsLong(figures);
    group.gauge(name, gauge);
  }

  private void ratio(final String name, final ToDoubleFunction<Figures> figure) {
    final Gauge<Double> gauge = () -> figure.applyAsDouble(figures);
    group.gauge(name, gauge);
  }

  /**
   * Counts the next hot models, at most {@link #MODELS_A_REFRESH}, and publishes the figures once
   * all were counted. On the task's thread, which must not stand still for many models.
   */
  void refresh() {
    if (next == round.size()) {
      round = models.models().stream().map(WeakReference::new).toList();
      next = 0;
      sums = new HotModelSums();
    }
    for (final int end = Math.min(next + MODELS_A_REFRESH, round.size()); next < end; next++) {
      // Weakly, so that a long round keeps no model on the heap that made room meanwhile.
      final ModelSession model = round.get(next).get();
      if (model != null) {
        sums.add(model);
      }
    }
    if (next == round.size()) {
      publish();
    }
  }

  private void publish() {
    figures =
        new Figures(
            sums.events,
            sums.labelled,
            mean(sums.correct, sums.labelled),
            mean(sums.kappa, sums.labelled),
            mean(sums.absolute, sums.numbers),
            mean(sums.covered, sums.intervals),
            sums.drifts,
            mean(sums.entropy, sums.routed),
            shares(sums.decided, sums.routed),
            sums.bytes,
            sums.pending,
            sums.expired,
            sums.ignored,
            models.size(),
            modelsExpired.getAsLong(),
            models.bytes(),
            models.hits(),
            models.loads(),
            models.evictions(),
            store.bytesWritten());
    sums.decided.keySet().forEach(this::show);
  }

  /** What was published last. */
  Figures figures() {
    return figures;
  }

  private void show(final String expert) {
    if (experts.size() < MOST_EXPERTS && experts.add(expert)) {
      final Gauge<Double> gauge = () -> figures.expertShare().getOrDefault(expert, 0.0);
      group.addGroup("expert", expert).gauge("share", gauge);
    }
  }

  private static Map<String, Double> shares(final Map<String, Long> decided, final long events) {
    final Map<String, Double> shares = new TreeMap<>();
    decided.forEach((expert, count) -> shares.put(expert, mean(count, events)));
    return shares;
  }

  private static double mean(final double sum, final long count) {
    return count == 0 ? 0 : sum / count;
  }
}
