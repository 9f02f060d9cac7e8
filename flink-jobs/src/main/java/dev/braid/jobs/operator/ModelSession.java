package dev.braid.jobs.operator;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.drift.DriftDetector;
import dev.braid.router.Learner;
import dev.braid.router.Member;
import dev.braid.router.PoolEvent;
import dev.braid.router.Prediction;
import dev.braid.state.image.Part;
import dev.braid.state.keyed.WorkingSet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One model at work: predicts an event, then learns from its label if that is known, and says what
 * came of it. Knows nothing of Flink.
 */
final class ModelSession implements WorkingSet.Model {
  /**
   * Events up to which a model whose schema was wrong begins anew: what it learned so far is worth
   * less than a learner that was opened with the right one.
   */
  private static final int YOUNG = 100;

  /** Features in a metrics record. */
  private static final int MOST_FEATURES = 20;

  private final String key;
  private final SessionSettings settings;
  private final Learners learners;
  private final ModelBudget budget;
  private final SessionState state;
  private final Prediction prediction = new Prediction();
  private final Prediction then = new Prediction();
  private final Prediction late = new Prediction();
  private final TargetMode mode;
  private FeatureMapper mapper;
  private List<Member> members = List.of();
  private List<String> experts = List.of();

  /** Opened at the first event, with the features that it brings; null before. */
  private Learner learner;

  // What this task saw of the interval; no part of the state.
  private long busyNanos;
  private long busyEvents;

  /** Bytes of the learner when they were counted last; 0 if they were not, or it was not open. */
  private long measured;

  /** A model that has met no event yet. */
  ModelSession(final String key, final SessionSettings settings, final ModelBudget budget) {
    this(key, settings, budget, new SessionState(settings.detector().fresh()), null);
  }

  /**
   * A model as it was saved.
   *
   * @param learner null if the model had met no event yet
   */
  ModelSession(
      final String key,
      final SessionSettings settings,
      final ModelBudget budget,
      final SessionState state,
      final Learner learner) {
    this(key, settings, Learners.of(settings.learner()), budget, state, learner);
  }

  /**
   * A model as it was saved.
   *
   * @param learners where its learner comes from
   * @param learner null if the model had met no event yet
   */
  ModelSession(
      final String key,
      final SessionSettings settings,
      final Learners learners,
      final ModelBudget budget,
      final SessionState state,
      final Learner learner) {
    this.key = key;
    this.settings = settings;
    this.learners = learners;
    this.budget = budget;
    this.state = state;
    mode = TargetMode.of(settings.schema().target());
    if (!state.detector.spec().equals(settings.detector().spec())) {
      // Another detector was configured since the model was saved.
      state.detector = settings.detector().fresh();
    }
    go(learner);
  }

  private void go(final Learner with) {
    learner = with;
    mapper =
        new FeatureMapper(
            learner == null ? settings.schema() : learner.schema(),
            state.types,
            settings.open(),
            settings.highestFeatures(),
            settings.highestValues());
  }

  /**
   * Takes the learner back to what was saved of it last, because it threw; what else is known of
   * the model stays.
   *
   * @param saved what was saved with it
   * @param savedLearner null if none was saved
   */
  void restore(final SessionState saved, final Learner savedLearner) {
    state.parts = saved.parts;
    state.types = saved.types;
    state.importance = saved.importance;
    go(savedLearner);
  }

  /** Whether nothing is known of this model that would have to be kept. */
  boolean isNew() {
    return learner == null && state.isNew();
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
   * Why an event cannot be predicted, or null if it can; changes nothing that counts.
   *
   * @param label class name, or null where it is not known
   */
  Refusal refusal(final Event event, final String label) {
    final String reason = mapper.read(event);
    return reason == null
        ? refusal(label, mapper.newFeatures(), mapper.newValues())
        : unfit(reason);
  }

  /**
   * Why a label cannot be learned from with the event that was asked for last, or null if it can;
   * changes nothing.
   */
  Refusal refusalWithEvent(final String label) {
    return refusal(label, mapper.newFeatures(), mapper.newValues());
  }

  /** Why a late label cannot be learned from, or null if it can; changes nothing. */
  Refusal refusal(final String label) {
    return refusal(label, 0, 0);
  }

  private Refusal refusal(final String label, final int features, final int values) {
    final Schema schema = mapper.schema();
    final String unfit = label == null ? null : mode.unfit(label, schema, settings);
    if (unfit != null) {
      return unfit(unfit);
    }
    final int classes = label != null && mode.isNew(label, schema) ? 1 : 0;
    if (features + values + classes == 0) {
      return null;
    }
    final String reason = budget.refusal(learnerBytes(), schema, features, values, classes);
    return reason == null ? null : new Refusal(reason, true);
  }

  private static Refusal unfit(final String reason) {
    return new Refusal(reason, false);
  }

  /**
   * Why a record is not for this model.
   *
   * @param growth whether that is because the model would grow too large
   */
  record Refusal(String reason, boolean growth) {}

  /**
   * Predicts the event that was asked for and not refused last, and learns from it if its label is
   * known.
   *
   * @param label class name, or null where it is not known
   * @throws LearnerFailure if the learner threw; nothing was given out, and the learner must be
   *     restored
   */
  void process(final Event event, final String label, final Outputs out) throws LearnerFailure {
    final long version = state.labelled;
    final PredictionRecord record;
    final int ignored;
    final long start = System.nanoTime();
    double actual = -1;
    try {
      if (mapper.newFeatures() + mapper.newValues() > 0) {
        mapper.grow(event);
      }
      ignored = mapper.ignored();
      grow();
      final boolean known = label != null && !mode.isNew(label, mapper.schema());
      if (known) {
        actual = mode.target(label, mapper.schema());
        final boolean asked = askImportance(mapper.x());
        learner.testThenTrain(mapper.x(), actual, prediction);
        if (asked) {
          state.importance.learn(learner.schema(), mapper.x(), prediction, actual);
        }
      } else {
        learner.predict(mapper.x(), prediction);
      }
      nameExperts();
      record =
          mode.record(event, key, prediction, learner.levels(), mapper.schema(), experts, version);
      if (label != null && !known) {
        actual = addClass(label);
        learner.learn(mapper.x(), actual);
      }
    } catch (final RuntimeException e) {
      throw new LearnerFailure(e);
    }
    busyNanos += System.nanoTime() - start;
    busyEvents++;
    state.events++;
    state.ignoredValues += ignored;
    state.routing.add(experts, record.weights());
    out.prediction(record);
    if (label != null) {
      learned(mode.given(prediction), actual, event.timestamp(), out);
    }
    if (state.events % settings.metricsEvery() == 0) {
      out.metrics(metrics(event.timestamp(), out.lastCheckpoint()));
      state.startInterval();
      busyNanos = 0;
      busyEvents = 0;
    }
  }

  /** Asks what a feature is worth in a labelled event, if this is one of the few. */
  private boolean askImportance(final double[] x) {
    final boolean due = state.importance.isDue(learner, settings.importanceEvery());
    if (due) {
      state.importance.ask(learner, x);
    }
    return due;
  }

  /**
   * Looks at what the values of the event processed last are, and corrects a type that proves
   * wrong.
   *
   * @param met events that the model has met, also those that it failed at
   * @throws LearnerFailure if the learner threw as it was to follow, and must be restored
   */
  void learnTypes(final Event event, final long met, final Outputs out) throws LearnerFailure {
    final int wrong = mapper.observe(event);
    if (wrong >= 0) {
      correct(wrong, met <= YOUNG, event.timestamp(), out);
    }
  }

  /** Gives a feature its other type, if there is room for that. */
  private void correct(
      final int feature, final boolean young, final long timestamp, final Outputs out)
      throws LearnerFailure {
    final Schema old = mapper.schema();
    final String name = old.features().get(feature).name();
    final boolean nominal = old.features().get(feature).isNominal();
    final boolean full =
        old.featureCount() >= settings.highestFeatures()
            || budget.refusal(learnerBytes(), old, 1, 0, 0) != null;
    if (!full) {
      mapper.correct(mapper.corrected(feature));
      if (young) {
        learner = null;
      }
      try {
        grow();
      } catch (final RuntimeException e) {
        throw new LearnerFailure(e);
      }
    }
    out.drift(
        new DriftRecord(
            key,
            timestamp,
            state.events,
            "warning",
            name,
            "most values of feature '"
                + name
                + (nominal
                    ? "' are numbers, but it began as text"
                    : "' are no numbers, but it began as one")
                + (full
                    ? "; it stays so, as its model may not grow"
                    : nominal
                        ? ": from here on it is a number, and other values count as missing"
                        : ": from here on it is text")));
  }

  /**
   * What must be kept of the event processed last until its label comes.
   *
   * @param mostBytes what the experts predicted is kept if it takes no more, and so is what the
   *     learner made of it
   */
  PendingEvent pending(final long expiresAt, final int mostBytes) {
    return mode.pending(mapper.x().clone(), prediction, expiresAt, mostBytes);
  }

  /**
   * Learns from a label that was not refused and whose event was predicted before.
   *
   * @param timestamp of the label, milliseconds since the epoch
   * @throws LearnerFailure if the learner threw, and must be restored
   */
  void learnLate(
      final PendingEvent event, final String label, final long timestamp, final Outputs out)
      throws LearnerFailure {
    final double actual;
    try {
      actual =
          mode.isNew(label, mapper.schema())
              ? addClass(label)
              : mode.target(label, mapper.schema());
      then.recall(event.predicted(), event.interval());
      then.setMemberPredictions(event.memberPredictions());
      final double[] x = padded(event.x());
      final boolean asked = askImportance(x);
      if (asked) {
        learner.predict(x, late);
      }
      learner.learn(x, actual, then);
      if (asked) {
        state.importance.learn(learner.schema(), x, late, actual);
      }
    } catch (final RuntimeException e) {
      throw new LearnerFailure(e);
    }
    learned(mode.given(event), actual, timestamp, out);
  }

  /**
   * Takes over what is new in the event that was asked for last, but learns nothing from it, since
   * experts elsewhere failed at it: from here on all is as if they had not.
   */
  void miss(final Event event, final String label) {
    if (mapper.newFeatures() + mapper.newValues() > 0) {
      mapper.grow(event);
    }
    grow();
    if (label != null && mode.isNew(label, mapper.schema())) {
      addClass(label);
    } else if (label != null) {
      missImportance(mapper.x());
    }
  }

  /** The same of an event that waited for its label. */
  void missLate(final PendingEvent event, final String label) {
    if (mode.isNew(label, mapper.schema())) {
      addClass(label);
    }
    missImportance(padded(event.x()));
  }

  private void missImportance(final double[] x) {
    if (state.importance.isDue(learner, settings.importanceEvery())) {
      state.importance.skip(learner, x);
    }
  }

  /**
   * What must be kept of an event that was missed until its label comes.
   *
   * @return {@linkplain PendingEvent#isMissed missed}
   */
  PendingEvent missed() {
    return PendingEvent.missed(mapper.x().clone());
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
      learner = learners.open(key, mapper.schema());
    } else if (learner.schema() != mapper.schema()) {
      learner.grow(mapper.schema());
    }
  }

  // One list while the experts stay; to compare what is in it would cost at every event.
  @SuppressWarnings("ReferenceEquality")
  private void nameExperts() {
    if (members != learner.members()) {
      members = learner.members();
      final String[] names = new String[members.size()];
      for (int e = 0; e < names.length; e++) {
        names[e] = members.get(e).name();
      }
      experts = List.of(names);
    }
  }

  private void learned(
      final TargetMode.Given given, final double actual, final long timestamp, final Outputs out) {
    final double error = mode.count(given, actual, state);
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
    final DriftDetector detector = state.detector;
    final double before = detector.estimate();
    if (detector.add(error)) {
      state.drifts++;
      out.drift(
          new DriftRecord(
              key,
              timestamp,
              state.events,
              "alarm",
              detector.kind().name(),
              String.format(Locale.ROOT, mode.alarm(), before, detector.estimate())));
    }
  }

  private MetricsRecord metrics(final long timestamp, final long checkpoint) {
    final MetricsRecord record =
        new MetricsRecord(
            key,
            timestamp,
            state.events,
            state.labelled,
            null,
            state.routing.shares(),
            state.routing.weights(),
            state.routing.entropy(),
            state.importance.most(learner.schema(), MOST_FEATURES),
            state.drifts,
            state.pendingEvents,
            state.expiredEvents,
            state.pendingLabels,
            state.expiredLabels,
            state.ignoredValues,
            learnerBytes(),
            busyEvents == 0 ? Double.NaN : busyNanos / 1e3 / busyEvents,
            checkpoint);
    return mode.scored(record, state, mapper.schema());
  }

  /** Heap bytes of the learner alone. */
  long learnerBytes() {
    measured = learner == null ? 0 : learner.sizeBytes();
    return measured;
  }

  /**
   * The same when it was asked for last, as the working set does now and then: it takes its time.
   */
  long measuredBytes() {
    return measured == 0 ? learnerBytes() : measured;
  }

  @Override
  public long sizeBytes() {
    return learnerBytes() + state.sizeBytes();
  }
}
