package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.ModelSession.Refusal;
import dev.braid.router.Learner;
import dev.braid.router.LearnerReader;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.WorkingSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * One learner per key for whoever can write keyed state under the current key alone and is not told
 * of checkpoints, as Flink's SQL functions are: predicts each event, then learns from its label, at
 * once or late, as {@link LearnerOperator} does.
 *
 * <p>Keyed state is right after every record: it is an image of the model and a journal of what the
 * model met since. The live models are a cache of a bounded size; one that is not in it is made of
 * its image and its journal.
 */
public final class JournaledModels {
  /**
   * Entries of a journal that had to be done again from which on a model gets a new image at once:
   * a model that is often pushed out of the cache would be made of its whole journal each time.
   */
  private static final int LONG_TO_REDO = 100;

  /** Bytes of a piece of an image. */
  private static final int PIECE = 1 << 18;

  private final SessionSettings settings;
  private final ModelBudget budget;
  private final LearnerReader learners;
  private final LearnerSpec spec;
  private final LearnerConfig config;
  private final long imageEvery;
  private final long expireMillis;
  private final WorkingSet<String, JournaledModel> models;
  private final ImageWriter writer = new ImageWriter(4096);
  private final Kept kept = new Kept();

  private JournalState state;
  private boolean began;

  /**
   * @param imageEvery records of a model between two of its images, 1 or more
   */
  public JournaledModels(final LearnerConfig config, final long imageEvery) {
    this.config = config;
    this.imageEvery = imageEvery;
    expireMillis = config.state().expireAfter().toMillis();
    settings = SessionSettings.of(config);
    spec = Presets.writtenOut(settings.learner(), settings.schema().target());
    learners = new LearnerReader(settings.learner());
    final long heap = Runtime.getRuntime().maxMemory();
    // How many slots share the heap is not known here: no more than there are processors.
    final int slots = Runtime.getRuntime().availableProcessors();
    budget =
        new ModelBudget(
            settings.learner(), ModelBudget.bytes(config.limits().modelBytes(), heap, slots));
    models =
        new WorkingSet<>(
            HeapShare.bytes(config.state().workingSet(), heap, slots), new FromJournals());
  }

  /** Where what comes of a record goes. */
  public interface Sink {

    void prediction(PredictionRecord record);

    void metrics(MetricsRecord record);

    void drift(DriftRecord record);

    void deadLetter(DeadLetter record);
  }

  /** Keeps what comes of a record until it is certain that the model stays as it is. */
  private static final class Kept implements Outputs {
    private final List<Consumer<Sink>> records = new ArrayList<>();

    @Override
    public void prediction(final PredictionRecord record) {
      records.add(sink -> sink.prediction(record));
    }

    @Override
    public void metrics(final MetricsRecord record) {
      records.add(sink -> sink.metrics(record));
    }

    @Override
    public void drift(final DriftRecord record) {
      records.add(sink -> sink.drift(record));
    }

    @Override
    public void deadLetter(final DeadLetter record) {
      records.add(sink -> sink.deadLetter(record));
    }

    /** Of checkpoints nothing is known here. */
    @Override
    public long lastCheckpoint() {
      return 0;
    }

    private void giveTo(final Sink sink) {
      records.forEach(record -> record.accept(sink));
      records.clear();
    }
  }

  private final class FromJournals implements WorkingSet.Store<String, JournaledModel> {

    @Override
    public JournaledModel load(final String key) throws Exception {
      final JournaledModel model = ofImage(key);
      final Map<Long, byte[]> entries = new TreeMap<>();
      for (final Map.Entry<Long, byte[]> entry : state.journal().entries()) {
        entries.put(entry.getKey(), entry.getValue());
      }
      for (final byte[] bytes : entries.values()) {
        final JournalEntry entry = JournalEntry.read(new ImageReader(bytes), model.names);
        if (entry instanceof JournalEntry.Opening opening) {
          requireSame(opening.learner());
        }
        model.redo(entry);
      }
      if (model.journal >= Math.min(LONG_TO_REDO, imageEvery)) {
        writeImage(model);
      }
      return model;
    }

    /** What changed was written when it did. */
    @Override
    public void save(final String key, final JournaledModel model) {}
  }

  private JournaledModel ofImage(final String key) throws Exception {
    byte[] image = {};
    int pieces = 0;
    for (byte[] piece = piece(0); piece != null; piece = piece(pieces)) {
      final int length = image.length;
      image = Arrays.copyOf(image, length + piece.length);
      System.arraycopy(piece, 0, image, length, piece.length);
      pieces++;
    }
    if (pieces == 0) {
      return new JournaledModel(new ModelSession(key, settings, budget));
    }
    final ImageReader in = new ImageReader(image);
    final JournaledModel.Saved saved = JournaledModel.Saved.read(in);
    final JournaledModel model =
        new JournaledModel(
            new ModelSession(key, settings, budget, saved.session(), learner(saved.session())));
    model.firstWaiting = saved.firstWaiting();
    model.nextWaiting = saved.nextWaiting();
    model.pieces = pieces;
    return model;
  }

  private byte[] piece(final long number) throws Exception {
    return state.image().get(number);
  }

  private Learner learner(final SessionState saved) throws Exception {
    if (saved.parts.isEmpty()) {
      return null;
    }
    try {
      final Learner learner = learners.read(saved.parts.load(null));
      saved.parts.attach(learner.parts());
      return learner;
    } catch (final IllegalArgumentException conflict) {
      throw new SuppressRestartsException(new IllegalStateException(conflict.getMessage()));
    }
  }

  private void requireSame(final LearnerSpec saved) {
    final List<String> conflicts =
        Presets.conflicts(saved, settings.learner(), settings.schema().target());
    if (!conflicts.isEmpty()) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              "the saved learner cannot go on: " + String.join("; ", conflicts)));
    }
  }

  /** Writes an image and begins a new journal. */
  private void writeImage(final JournaledModel model) throws Exception {
    final byte[] image = model.image(writer);
    int pieces = 0;
    for (int from = 0; from < image.length; from += PIECE) {
      final byte[] piece = Arrays.copyOfRange(image, from, Math.min(image.length, from + PIECE));
      state.image().put((long) pieces++, piece);
    }
    for (int gone = pieces; gone < model.pieces; gone++) {
      state.image().remove((long) gone);
    }
    state.journal().clear();
    model.pieces = pieces;
    model.journal = 0;
    model.names = null;
  }

  private void write(final JournaledModel model, final JournalEntry entry) throws Exception {
    state.journal().put(model.journal++, JournalEntry.bytes(entry, writer));
  }

  /** Ends the work on a record: the state is as the model is. */
  private void done(final JournaledModel model, final Sink sink) throws Exception {
    if (model.journal >= imageEvery) {
      writeImage(model);
    }
    kept.giveTo(sink);
  }

  /** The current key's model, a new one where the last one was idle for too long. */
  private JournaledModel use(
      final JournalState of, final String key, final long now, final Sink sink) throws Exception {
    state = of;
    began = false;
    final JournaledModel model = models.use(key);
    expire(model, now, sink);
    if (!isIdle(model, now)) {
      return model;
    }
    drop(key);
    return models.use(key);
  }

  private boolean isIdle(final JournaledModel model, final long now) {
    final SessionState session = model.session.state();
    return expireMillis > 0
        && session.events > 0
        && session.pendingEvents + session.pendingLabels == 0
        && now - session.lastUsed > expireMillis;
  }

  private void drop(final String key) throws Exception {
    models.drop(key);
    state.image().clear();
    state.journal().clear();
    state.waiting().clear();
    state.queue().clear();
  }

  /**
   * Drops the current key's model if nothing used it for {@code state.expire-after}.
   *
   * @param of the current key's state
   * @param now milliseconds by which is waited
   * @return when to look again; -1 if there is no model any more
   */
  public long dropIfIdle(final JournalState of, final String key, final long now, final Sink sink)
      throws Exception {
    state = of;
    final JournaledModel model = models.use(key);
    expire(model, now, sink);
    final SessionState session = model.session.state();
    final boolean waits = session.pendingEvents + session.pendingLabels > 0;
    if (!waits && (session.events == 0 || isIdle(model, now))) {
      drop(key);
      return -1;
    }
    return lookAgain(waits ? now : session.lastUsed);
  }

  /** When a model may be idle that was used at a time. */
  public long lookAgain(final long used) {
    return used + expireMillis + 1;
  }

  /** Whether the last record began a model that will have to be looked after. */
  public boolean beganToExpire() {
    return began && expireMillis > 0;
  }

  /**
   * One event of the current key.
   *
   * @param of the current key's state
   * @param now milliseconds by which is waited; the event's time where models are to be dropped
   * @param labelsCome whether an event without a label waits for it
   */
  public void onEvent(
      final JournalState of,
      final Event event,
      final long now,
      final boolean labelsCome,
      final Sink sink)
      throws Exception {
    final JournaledModel model = use(of, event.key(), now, sink);
    final ModelSession session = model.session;
    final String id = event.id();
    if (session.state().pendingEvents > 0 && state.waiting().get(Waiting.event(id)) != null) {
      deadLetter(event.origin(), "duplicate id '" + id + "'");
      done(model, sink);
      return;
    }
    final Refusal refusal = session.refusal(event, event.label());
    if (refusal != null) {
      deadLetter(event.origin(), refusal.reason());
      done(model, sink);
      leaveNoTrace(event.key(), model);
      return;
    }
    final String label = label(event, model);
    final boolean waits = label == null && labelsCome;
    final JournalEntry.Processed entry = new JournalEntry.Processed(event, label, waits);
    final PendingEvent pending;
    try {
      session.process(event, label, kept);
      pending =
          waits
              ? session.pending(
                  now + config.labels().maxWait().toMillis(), config.labels().predictionBytes())
              : null;
      session.learnTypes(event, session.state().events, kept);
    } catch (final LearnerFailure failure) {
      fail(event.key(), event.origin(), failure, sink);
      return;
    }
    final List<String> names = Arrays.asList(event.names());
    if (!model.goesOn(names)) {
      write(model, JournaledModel.opening(spec, names));
      model.names = event.names().clone();
    }
    write(model, entry);
    if (waits) {
      enqueue(model, Waiting.event(id), pending.expiresAt(), Waiting.bytes(pending, writer));
    }
    began = session.state().events == 1;
    model.count(entry);
    done(model, sink);
  }

  /** The label an event brings, else the one that came before it, else null. */
  private String label(final Event event, final JournaledModel model) throws Exception {
    if (model.session.state().pendingLabels == 0) {
      return event.label();
    }
    final String name = Waiting.label(event.id());
    final byte[] early = state.waiting().get(name);
    if (early == null) {
      return event.label();
    }
    state.waiting().remove(name);
    final String label = Waiting.readLabel(early);
    count(model, new JournalEntry.Counted(model.firstWaiting, 0, 0, -1, 0));
    if (event.label() != null) {
      deadLetter(event.origin(), "the event with id '" + event.id() + "' brought its own label");
      return event.label();
    }
    final Refusal refusal = model.session.refusalWithEvent(label);
    if (refusal != null) {
      deadLetter(event.origin(), refusal.reason());
      return null;
    }
    return label;
  }

  private void enqueue(
      final JournaledModel model, final String name, final long expiresAt, final byte[] value)
      throws Exception {
    state.waiting().put(name, value);
    state.queue().put(model.nextWaiting, new Waiting.Place(name, expiresAt).bytes(writer));
    model.nextExpiry = Math.min(model.nextExpiry, expiresAt);
  }

  /**
   * One label of the current key that did not come with its event.
   *
   * @param waits whether it waits for its event if that did not come yet
   */
  public void onLabel(
      final JournalState of,
      final LabelRecord label,
      final long now,
      final boolean waits,
      final Sink sink)
      throws Exception {
    final JournaledModel model = use(of, label.key(), now, sink);
    final String name = Waiting.event(label.id());
    final byte[] bytes =
        model.session.state().pendingEvents == 0 ? null : state.waiting().get(name);
    if (bytes == null) {
      early(model, label, now, waits);
      done(model, sink);
      leaveNoTrace(label.key(), model);
      return;
    }
    final Refusal refusal = model.session.refusal(label.label());
    if (refusal != null) {
      deadLetter(label.origin(), refusal.reason());
      done(model, sink);
      return;
    }
    final PendingEvent event = Waiting.readEvent(bytes);
    state.waiting().remove(name);
    try {
      model.session.learnLate(event, label.label(), label.timestamp(), kept);
    } catch (final LearnerFailure failure) {
      count(model, new JournalEntry.Counted(model.firstWaiting, -1, 0, 0, 0));
      fail(label.key(), label.origin(), failure, sink);
      return;
    }
    write(model, new JournalEntry.Late(event, label.label(), label.timestamp()));
    model.learnedLate(label.timestamp());
    done(model, sink);
  }

  private void early(
      final JournaledModel model, final LabelRecord label, final long now, final boolean waits)
      throws Exception {
    final String name = Waiting.label(label.id());
    if (!waits) {
      deadLetter(label.origin(), "no event with id '" + label.id() + "' waits for a label");
    } else if (state.waiting().get(name) != null) {
      deadLetter(label.origin(), "another label for id '" + label.id() + "' waits already");
    } else {
      final long expiresAt = now + config.labels().maxWait().toMillis();
      enqueue(model, name, expiresAt, Waiting.bytes(label.label(), expiresAt, writer));
      count(model, new JournalEntry.Counted(model.firstWaiting, 0, 0, 1, 0));
    }
  }

  /** The row of an event was deleted: no label will come for it. */
  public void onDelete(
      final JournalState of, final String key, final String id, final long now, final Sink sink)
      throws Exception {
    final JournaledModel model = use(of, key, now, sink);
    final String name = Waiting.event(id);
    if (model.session.state().pendingEvents > 0 && state.waiting().get(name) != null) {
      state.waiting().remove(name);
      count(model, new JournalEntry.Counted(model.firstWaiting, -1, 1, 0, 0));
    }
    done(model, sink);
    leaveNoTrace(key, model);
  }

  /** Lets go what has waited for too long. */
  private void expire(final JournaledModel model, final long now, final Sink sink)
      throws Exception {
    if (now < model.nextExpiry) {
      return;
    }
    long first = model.firstWaiting;
    int events = 0;
    int labels = 0;
    model.nextExpiry = Long.MAX_VALUE;
    while (first < model.nextWaiting) {
      final Waiting.Place place = Waiting.Place.read(state.queue().get(first));
      if (place.expiresAt() > now) {
        model.nextExpiry = place.expiresAt();
        break;
      }
      final byte[] waiting = state.waiting().get(place.name());
      if (waiting != null && place.isOf(waiting)) {
        state.waiting().remove(place.name());
        events += place.isEvent() ? 1 : 0;
        labels += place.isEvent() ? 0 : 1;
        if (!place.isEvent()) {
          final String id = place.id();
          deadLetter(Origin.of(id), "no event with id '" + id + "' came within labels.max-wait");
        }
      }
      state.queue().remove(first++);
    }
    if (first > model.firstWaiting) {
      count(model, new JournalEntry.Counted(first, -events, events, -labels, labels));
      kept.giveTo(sink);
    }
  }

  private void count(final JournaledModel model, final JournalEntry.Counted entry)
      throws Exception {
    write(model, entry);
    model.count(entry);
  }

  private void deadLetter(final Origin origin, final String reason) {
    kept.deadLetter(new DeadLetter(origin, reason));
  }

  /**
   * A learner threw: the model is made anew of what is in the state, where this record is not,
   * since it may have learned half of it.
   */
  private void fail(
      final String key, final Origin origin, final LearnerFailure failure, final Sink sink) {
    kept.records.clear();
    models.drop(key);
    sink.deadLetter(new DeadLetter(origin, failure.getMessage()));
  }

  /** A model that was made for a record which it then refused is not kept. */
  private void leaveNoTrace(final String key, final JournaledModel model) {
    if (model.session.isNew() && model.journal == 0 && model.pieces == 0) {
      models.drop(key);
    }
  }
}
