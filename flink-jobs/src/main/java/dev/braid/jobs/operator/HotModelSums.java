package dev.braid.jobs.operator;

import java.util.Map;
import java.util.TreeMap;

/** What {@link LearnerGauges} adds up over the hot models. */
final class HotModelSums {
  long events;
  long labelled;

  /** Accuracy and kappa M, each times the model's labelled events. */
  double correct;

  double kappa;

  /** Of models of numbers: predictions judged, and their mean absolute error times that. */
  long numbers;

  double absolute;

  /** Intervals judged, and those that held. */
  long intervals;

  double covered;
  long drifts;

  /** Events in the models' routing windows, and the sum of their gates' entropies. */
  long routed;

  double entropy;
  long bytes;
  long pending;
  long expired;
  long ignored;

  /** Events in the routing windows by the expert that decided them. */
  final Map<String, Long> decided = new TreeMap<>();

  void add(final ModelSession model) {
    final SessionState state = model.state();
    events += state.events;
    labelled += state.labelled;
    correct += state.evaluator.accuracy() * state.labelled;
    kappa += state.evaluator.kappaM() * state.labelled;
    if (state.numbers.events() > 0) {
      numbers += state.numbers.events();
      absolute += state.numbers.mae() * state.numbers.events();
    }
    if (state.numbers.intervals() > 0) {
      intervals += state.numbers.intervals();
      covered += state.numbers.coverage() * state.numbers.intervals();
    }
    drifts += state.drifts;
    bytes += model.measuredBytes();
    pending += state.pendingEvents;
    expired += state.expiredEvents;
    ignored += state.ignoredValues;
    routed += state.routing.events() + state.lastRouting.events();
    entropy += state.routing.entropySum() + state.lastRouting.entropySum();
    state.routing.addDecided(decided);
    state.lastRouting.addDecided(decided);
  }
}
