package dev.braid.jobs.operator;

import dev.braid.state.WorkingSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  private final MetricGroup group;
  private final WorkingSet<String, ModelSession> models;
  private final ModelHome home;
  private final IdleModels idle;
  private final Set<String> experts = new HashSet<>();
  private volatile Figures figures = Figures.NONE;

  /** What is shown at one moment. */
  record Figures(
      long events,
      long labelled,
      double accuracy,
      double kappaM,
      long drifts,
      double routerEntropy,
      Map<String, Double> expertShare,
      long stateBytes,
      long waiting,
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
        new Figures(0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  LearnerGauges(
      final MetricGroup operatorGroup,
      final WorkingSet<String, ModelSession> models,
      final ModelHome home,
      final IdleModels idle) {
    this.group = operatorGroup.addGroup("braid");
    this.models = models;
    this.home = home;
    this.idle = idle;
    count("events", Figures::events);
    count("labelled", Figures::labelled);
    ratio("accuracy", Figures::accuracy);
    ratio("kappa_m", Figures::kappaM);
    count("drift_count", Figures::drifts);
    ratio("router_entropy", Figures::routerEntropy);
    count("state_bytes", Figures::stateBytes);
    count("waiting", Figures::waiting);
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

  /** Publishes the figures as they are now. On the task's thread. */
  void refresh() {
    long events = 0;
    long labelled = 0;
    double correct = 0;
    double kappa = 0;
    long drifts = 0;
    long routed = 0;
    double entropy = 0;
    long bytes = 0;
    long waiting = 0;
    long expired = 0;
    long ignored = 0;
    final Map<String, Long> decided = new TreeMap<>();
    for (final ModelSession model : models.models()) {
      final SessionState state = model.state();
      events += state.events;
      labelled += state.labelled;
      correct += state.evaluator.accuracy() * state.labelled;
      kappa += state.evaluator.kappaM() * state.labelled;
      drifts += state.drifts;
      bytes += model.learnerBytes();
      waiting += state.waitingEvents;
      expired += state.expiredEvents;
      ignored += state.ignoredValues;
      routed += state.routing.events() + state.lastRouting.events();
      entropy += state.routing.entropySum() + state.lastRouting.entropySum();
      state.routing.addDecided(decided);
      state.lastRouting.addDecided(decided);
    }
    figures =
        new Figures(
            events,
            labelled,
            mean(correct, labelled),
            mean(kappa, labelled),
            drifts,
            mean(entropy, routed),
            shares(decided, routed),
            bytes,
            waiting,
            expired,
            ignored,
            models.size(),
            idle.expired(),
            models.bytes(),
            models.hits(),
            models.loads(),
            models.evictions(),
            home.bytesWritten());
    decided.keySet().forEach(this::show);
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
