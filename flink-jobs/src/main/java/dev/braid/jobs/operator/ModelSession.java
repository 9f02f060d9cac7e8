package dev.braid.jobs.operator;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.drift.Adwin;
import dev.braid.router.Learner;
import dev.braid.router.PoolEvent;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import dev.braid.state.image.Part;
import dev.braid.state.keyed.WorkingSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One model at work: predicts an event, then learns from its label if that is known, and says what
 * came of it. Knows nothing of Flink.
 */
final class ModelSession implements WorkingSet.Model {
  private static final String DETECTOR = "adwin";

  private final String key;
  private final SessionSettings settings;
  private final SessionState state;
  private final FeatureMapper mapper;
  private final Prediction prediction = new Prediction();
  private final Prediction then = new Prediction();
  private List<String> experts = List.of();

  /** Opened at the first event, with the features that it brings; null before. */
  private Learner learner;

  /** A model that has met no event yet. */
  ModelSession(final String key, final SessionSettings settings) {
    this(key, settings, new SessionState(), null);
  }

  /**
   * A model as it was saved.
   *
   * @param learner null if the model had met no event yet
   */
  ModelSession(
      final String key,
      final SessionSettings settings,
      final SessionState state,
      final Learner learner) {
    this.key = key;
    this.settings = settings;
    this.state = state;
    this.learner = learner;
    this.mapper =
        new FeatureMapper(
            learner == null ? settings.schema() : learner.schema(),
            settings.open(),
            settings.highestFeatures(),
            settings.highestValues());
  }

  /** Everything of this model that is in the learner; empty before its first event. */
  List<Part> parts() {
    return learner == null ? List.of() : learner.parts();
  }

  /** Everything of this model that is not in the learner; changes as the model works. */
  SessionState state() {
    return state;
  }

  /**
   * Why an event cannot be predicted, or null if it can; changes nothing.
   *
   * @param label class name, or null where it is not known
   */
  String refusal(final Event event, final String label) {
    final String reason = mapper.refusal(event);
    return reason == null && label != null ? refusal(label) : reason;
  }

  /** Why a label cannot be learned from, or null if it can; changes nothing. */
  String refusal(final String label) {
    final Schema schema = mapper.schema();
    return schema.classIndex(label) >= 0 || schema.classCount() < settings.highestClasses()
        ? null
        : "the label would be class "
            + (schema.classCount() + 1)
            + " of its model, at most "
            + settings.highestClasses()
            + " are allowed";
  }

  /**
   * Predicts an event that was not refused, and learns from it if its label is known.
   *
   * @param label class name, or null where it is not known
   */
  void process(final Event event, final String label, final Outputs out) {
    state.ignoredValues += mapper.map(event);
    grow();
    nameExperts();
    final List<String> classes = mapper.schema().classes();
    final long version = state.labelled;
    final int known = label == null ? -1 : mapper.schema().classIndex(label);
    if (known >= 0) {
      learner.testThenTrain(mapper.x(), known, prediction);
    } else {
      learner.predict(mapper.x(), prediction);
    }
    final int predicted = prediction.label();
    state.events++;
    state.routing.add(experts, prediction.weights());
    out.prediction(
        new PredictionRecord(
            event.id(),
            key,
            event.timestamp(),
            predicted < 0 ? null : classes.get(predicted),
            classes,
            prediction.probabilities().clone(),
            experts,
            prediction.weights().clone(),
            version));
    if (label != null) {
      final int actual = known >= 0 ? known : addClass(label);
      if (known < 0) {
        learner.learn(mapper.x(), actual);
      }
      learned(predicted, actual, event.timestamp(), out);
    }
    if (state.events % settings.metricsEvery() == 0) {
      out.metrics(metrics(event.timestamp()));
      state.startInterval();
    }
  }

  /**
   * What must be kept of the event processed last until its label comes.
   *
   * @param mostBytes what the experts said is kept if it takes no more
   */
  PendingEvent pending(final long expiresAt, final int mostBytes) {
    return new PendingEvent(mapper.x().clone(), prediction.label(), said(mostBytes), expiresAt);
  }

  /** As doubles, to the last bit: learning late must not depend on what was rounded. */
  private double[][] said(final int mostBytes) {
    final double[][] opinions = prediction.opinions();
    final long bytes =
        opinions.length == 0 ? 0 : (long) Double.BYTES * opinions.length * opinions[0].length;
    if (bytes == 0 || bytes > mostBytes) {
      return new double[0][];
    }
    final double[][] copy = new double[opinions.length][];
    for (int o = 0; o < copy.length; o++) {
      copy[o] = opinions[o].clone();
    }
    return copy;
  }

  /**
   * Learns from a label that was not refused and whose event was predicted before.
   *
   * @param timestamp of the label, milliseconds since the epoch
   */
  void learnLate(
      final PendingEvent event, final String label, final long timestamp, final Outputs out) {
    final int known = mapper.schema().classIndex(label);
    final int actual = known >= 0 ? known : addClass(label);
    then.setOpinions(event.opinions());
    learner.learn(padded(event.x()), actual, then);
    learned(event.predicted(), actual, timestamp, out);
  }

  /** Features that the model has met since the event count as missing in it. */
  private double[] padded(final double[] x) {
    final int wanted = mapper.schema().featureCount();
    if (x.length == wanted) {
      return x;
    }
    final double[] padded = Arrays.copyOf(x, wanted);
    Arrays.fill(padded, x.length, wanted, Double.NaN);
    return padded;
  }

  private int addClass(final String label) {
    mapper.schema(mapper.schema().withClass(label));
    grow();
    return mapper.schema().classCount() - 1;
  }

  /** Lets the learner follow the schema. */
  // The same object means the same schema; to compare what is in it would cost at every event.
  @SuppressWarnings("ReferenceEquality")
  private void grow() {
    if (learner == null) {
      learner = Presets.open(settings.learner(), mapper.schema());
    } else if (learner.schema() != mapper.schema()) {
      learner.grow(mapper.schema());
    }
  }

  private void nameExperts() {
    final int count = learner.expertCount();
    boolean same = experts.size() == count;
    for (int e = 0; same && e < count; e++) {
      same = learner.expertName(e).equals(experts.get(e));
    }
    if (!same) {
      final List<String> names = new ArrayList<>(count);
      for (int e = 0; e < count; e++) {
        names.add(learner.expertName(e));
      }
      experts = List.copyOf(names);
    }
  }

  private void learned(
      final int predicted, final int actual, final long timestamp, final Outputs out) {
    state.count(predicted, actual);
    for (final PoolEvent change : learner.drainPoolEvents()) {
      out.drift(
          new DriftRecord(
              key,
              timestamp,
              state.events,
              change.kind().name().toLowerCase(Locale.ROOT),
              change.expert(),
              change.reason()));
    }
    final Adwin detector = state.detector;
    final double before = detector.estimate();
    if (detector.add(predicted == actual ? 0 : 1)) {
      state.drifts++;
      out.drift(
          new DriftRecord(
              key,
              timestamp,
              state.events,
              "alarm",
              DETECTOR,
              String.format(
                  Locale.ROOT,
                  "the share of wrong predictions went from %.4f to %.4f",
                  before,
                  detector.estimate())));
    }
  }

  private MetricsRecord metrics(final long timestamp) {
    return new MetricsRecord(
        key,
        timestamp,
        state.events,
        state.labelled,
        state.evaluator.accuracy(),
        state.evaluator.kappaM(),
        state.evaluator.kappaT(),
        state.intervalAccuracy(),
        state.routing.shares(),
        state.routing.entropy(),
        state.drifts,
        state.pendingEvents,
        state.expiredEvents,
        state.ignoredValues,
        learnerBytes());
  }

  /** Heap bytes of the learner alone. */
  long learnerBytes() {
    return learner == null ? 0 : learner.sizeBytes();
  }

  @Override
  public long sizeBytes() {
    return learnerBytes() + SessionState.ABOUT_BYTES;
  }
}
